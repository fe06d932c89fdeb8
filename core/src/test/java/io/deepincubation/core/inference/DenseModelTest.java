package io.deepincubation.core.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.modality.cv.output.CategoryMask;
import ai.djl.modality.cv.output.DetectedObjects;
import ai.djl.modality.cv.output.Mask;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import com.google.gson.Gson;
import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.core.data.augment.SceneScales;
import io.deepincubation.core.data.pixels.ImageFiles;
import io.deepincubation.core.data.pixels.Normalization;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.detection.DetectedObject;
import io.deepincubation.core.detection.ObjectRules;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.DenseBackbone;
import io.deepincubation.core.network.DetectionHead;
import io.deepincubation.core.network.DetectionNetwork;
import io.deepincubation.core.network.MapNorm;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.PixelLogits;
import io.deepincubation.core.network.SegmentationHead;
import io.deepincubation.core.network.SegmentationNetwork;
import io.deepincubation.core.network.SlidingWindows;
import io.deepincubation.core.network.VisionTransformer;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.DetectionRecipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.weights.WeightsFolder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models of dense tasks, from their folders. */
class DenseModelTest {

  private static final Compute COMPUTE = new Compute(Device.cpu(), Arithmetic.FP32, 1);
  private static final ModularDivision DIVISION = new ModularDivision(List.of(2, 2));
  private static final List<String> CLASSES = List.of("wall", "door", "window");
  private static final SlidingWindows WINDOWS = new SlidingWindows(16, 8);
  private static final DenseBackbone BACKBONE =
      DenseBackbone.of(new VisionTransformer(16, 4, 16, 2, 3, 1e-6), 4);
  private static final SegmentationNetwork SEGMENTATION =
      new SegmentationNetwork(
          BACKBONE,
          3,
          new SegmentationHead(
              SegmentationHead.Kind.UPERNET,
              SegmentationHead.Neck.NONE,
              8,
              4,
              MapNorm.groups(8),
              0.1),
          16);
  private static final DetectionNetwork DETECTION =
      new DetectionNetwork(
          DenseBackbone.of(new VisionTransformer(16, 8, 16, 2, 3, 1e-6), 4),
          3,
          new DetectionHead(8, 5, 16, 2, 2, new DetectionHead.Sampling(16, 8, 4)),
          32);

  private static final DetectionRecipe MASK_RCNN = Recipes.named("quickstart").detection();

  @TempDir private Path folder;

  private static Map<String, Object> configuration(Architecture network) {
    var configuration = new HashMap<>(network.configuration(DIVISION));
    configuration.put("label_names", CLASSES);
    if (network instanceof DetectionNetwork) {
      configuration.put("detection", new HashMap<>(RecipeYaml.tree(MASK_RCNN)));
    }
    configuration.put(
        "scene",
        new HashMap<>(
            Map.of(
                "long_side",
                40,
                "short_side",
                24,
                "window",
                WINDOWS.side(),
                "stride",
                WINDOWS.stride(),
                "mean",
                Normalization.IMAGENET_MEAN,
                "std",
                Normalization.IMAGENET_STD)));
    return configuration;
  }

  private ModelFolder model(Architecture network) {
    return model(configuration(network), network.initialWeights(DIVISION, 3, "test"));
  }

  private ModelFolder model(Map<String, Object> configuration, List<Weights> weights) {
    Storage target = new LocalStorage(folder.resolve("transfer"));
    WeightsFolder.write(target, weights, 0);
    byte[] text = new Gson().toJson(configuration).getBytes(StandardCharsets.UTF_8);
    target.write("config.json", stream -> stream.write(text));
    return ModelFolder.open(target);
  }

  private static Picture picture(int height, int width) {
    int[] rgb = RandomStream.of(4).ints((long) height * width, 0, 1 << 24).toArray();
    return Pixels.ofRgb(rgb, height, width);
  }

  @Test
  void areRebuiltFromTheirConfigurations() {
    ModelFolder segmentation = model(SEGMENTATION);
    assertThat(segmentation.architecture()).isEqualTo(SEGMENTATION);
    assertThat(segmentation.division()).isEqualTo(DIVISION);
    assertThat(segmentation.task()).isEqualTo(ModelTask.SEGMENTATION);
    assertThat(segmentation.windows()).isEqualTo(WINDOWS);
    assertThat(segmentation.classNames()).isEqualTo(CLASSES);

    ModelFolder detection = model(DETECTION);
    assertThat(detection.architecture()).isEqualTo(DETECTION);
    assertThat(detection.task()).isEqualTo(ModelTask.DETECTION);
    assertThat(detection.scene().longSide()).isEqualTo(40);
    assertThat(detection.rules()).isEqualTo(ObjectRules.of(MASK_RCNN));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'taps' | expected taps, got none",
        "'window' | expected window, got none",
        "'num_classes' | expected num_classes, got none",
        "'head' | expected head.norm, got none",
        "'scene' | expected scene.long_side, got none",
      },
      quoteCharacter = '^')
  void sayWhichKeyIsMissing(String key, String message) {
    Map<String, Object> configuration = configuration(SEGMENTATION);
    configuration.remove(key.replace("'", ""));

    refuses(configuration, message);
  }

  @Test
  void sayWhichValueIsNone() {
    refuses(
        changed("task", "counting"),
        "expected task of [classification, segmentation, detection], got counting");
    refuses(changed("head", "kind", "linear"), "expected head.kind of [upernet, fcn], got linear");
    refuses(changed("head", "channels", 0), "Cannot build a head of 0 channels");
    refuses(changed("head", "groups", 0), "expected groups for group norm alone");
    refuses(changed("scene", "short_side", 0), "expected bounds of their sides from 1");
    refuses(changed("scene", "std", List.of(1, 1)), "expected 3 means and 3 standard deviations");
    refuses(changed("taps", List.of(1, 2, 3, 3)), "expected the last of them to be its last layer");
    refuses(
        DETECTION,
        changed(DETECTION, "detection", "score", 1.5),
        "expected detection.score from 0 to 1.0, got 1.5");
    refuses(
        DETECTION,
        changed(DETECTION, "detection", "proposals", 0),
        "expected detection.proposals from 1, got 0");
  }

  private static Map<String, Object> changed(String key, Object value) {
    Map<String, Object> configuration = configuration(SEGMENTATION);
    configuration.put(key, value);
    return configuration;
  }

  private static Map<String, Object> changed(String group, String key, Object value) {
    return changed(SEGMENTATION, group, key, value);
  }

  private static Map<String, Object> changed(
      Architecture network, String group, String key, Object value) {
    Map<String, Object> configuration = configuration(network);
    var values = new HashMap<Object, Object>((Map<?, ?>) configuration.get(group));
    values.put(key, value);
    configuration.put(group, values);
    return configuration;
  }

  private void refuses(Map<String, Object> configuration, String message) {
    refuses(SEGMENTATION, configuration, message);
  }

  private void refuses(Architecture network, Map<String, Object> configuration, String message) {
    assertThatExceptionOfType(UnfitDataException.class)
        .isThrownBy(() -> model(configuration, network.initialWeights(DIVISION, 3, "")))
        .withMessageStartingWith("Cannot load a model from ")
        .withMessageContaining(message);
  }

  @Test
  void tellTheClassesOfPixelsAtTheImagesOwnSize() throws IOException {
    ModelFolder model = model(SEGMENTATION);
    Picture picture = picture(37, 90);

    try (var segmenter = new Segmenter(model, COMPUTE);
        var network = new ModularNetwork(SEGMENTATION, DIVISION, model.weights(), COMPUTE);
        NDManager manager = network.manager().newSubManager()) {
      LabelMap found = segmenter.classes(picture, SceneScales.ONE);

      // 37 x 90 within 40 x 24 is 16 x 40, looked at through windows of 16
      float[] values =
          model.scene().values(picture, model.scene().size(picture), /* mirrored= */ false);
      NDArray image = manager.create(values, new Shape(1, 3, 16, 40));
      var logits = new PixelLogits(network, WINDOWS);
      assertThat(found.height()).isEqualTo(37);
      assertThat(found.width()).isEqualTo(90);
      assertThat(numbers(found))
          .containsExactly(logits.classes(logits.of(image), 37, 90).toLongArray());
      assertThat(Arrays.stream(numbers(found)).distinct().count()).isGreaterThan(1);
    }
  }

  private static long[] numbers(LabelMap map) {
    long[] numbers = new long[map.values().length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = map.values()[i];
    }
    return numbers;
  }

  @Test
  void lookSeveralTimesWhereAskedTo() throws IOException {
    ModelFolder model = model(SEGMENTATION);
    Picture picture = picture(30, 33);
    var mirrored = new SceneScales(List.of(1.0), /* mirrored= */ true);

    try (var segmenter = new Segmenter(model, COMPUTE)) {
      LabelMap seen = segmenter.classes(picture, mirrored);

      assertThat(segmenter.classes(picture.pixels().mirrored(), mirrored).mirrored().values())
          .isEqualTo(seen.values());
      assertThat(segmenter.classes(picture, SceneScales.ONE).values()).isNotEqualTo(seen.values());
      assertThat(segmenter.classes(picture, SceneScales.SEVERAL).values())
          .isNotEqualTo(seen.values())
          .hasSize(30 * 33);
    }
  }

  @Test
  void sayThatAnImageIsDamagedOrOutputsAreNoNumbers() {
    List<Weights> weights = SEGMENTATION.initialWeights(DIVISION, 3, "test");
    byte[] png = ImageFiles.png(picture(20, 20).pixels());
    ModelFolder model = model(SEGMENTATION);
    try (var segmenter = new Segmenter(model, COMPUTE)) {
      assertThatIOException()
          .isThrownBy(() -> segmenter.classes(Picture.of(Arrays.copyOf(png, 200)), SceneScales.ONE))
          .withMessageStartingWith("expected a whole image, got a damaged one");
    }
    Arrays.fill(weights.get(1).tensor("head.classify.bias").values(), Float.NaN);
    ModelFolder broken = model(configuration(SEGMENTATION), weights);
    try (var segmenter = new Segmenter(broken, COMPUTE)) {
      assertThatIOException()
          .isThrownBy(() -> segmenter.classes(Picture.of(png), SceneScales.SEVERAL))
          .withMessageStartingWith("expected finite outputs of the network, got NaN");
    }
  }

  @Test
  void areNotTakenForClassifiers() {
    assertThatExceptionOfType(UnfitDataException.class)
        .isThrownBy(() -> model(SEGMENTATION).transform())
        .withMessageEndingWith("expected one of classification, got one of segmentation");
    assertThatExceptionOfType(UnfitDataException.class)
        .isThrownBy(() -> new Segmenter(model(DETECTION), COMPUTE))
        .withMessageEndingWith("expected one of segmentation, got one of detection");
  }

  @Test
  void arePlainDjlModelsWithATranslator() throws Exception {
    ModelFolder model = model(SEGMENTATION);
    Picture picture = picture(33, 27);
    byte[] png = ImageFiles.png(picture.pixels());

    try (Model djl = DjlModel.load(model, COMPUTE);
        var predictor = djl.newPredictor(DjlModel.maskTranslator(model));
        var segmenter = new Segmenter(model, COMPUTE)) {
      Image image = ImageFactory.getInstance().fromInputStream(new ByteArrayInputStream(png));
      CategoryMask mask = predictor.predict(image);

      LabelMap expected = segmenter.classes(picture, SceneScales.ONE);
      assertThat(mask.getClasses()).isEqualTo(CLASSES);
      assertThat(mask.getMask()).hasDimensions(33, 27);
      for (int i = 0; i < expected.values().length; i++) {
        assertThat(mask.getMask()[i / 27][i % 27]).isEqualTo(expected.values()[i]);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"16, 16", "20, 36"})
  void areExportedAsTorchScriptForImagesOfAnySize(int height, int width) throws Exception {
    ModelFolder model = model(SEGMENTATION);
    Path target = folder.resolve("script");

    new ModelExport(model).torchscript(new LocalStorage(target));

    float[] values = new float[3 * height * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i);
    }
    try (Model opened = TorchEngine.newModel("model", Device.cpu());
        var network = new ModularNetwork(SEGMENTATION, DIVISION, model.weights(), COMPUTE)) {
      opened.load(target, "model");
      try (var predictor = opened.newPredictor(new NoopTranslator());
          var manager = opened.getNDManager().newSubManager()) {
        NDArray images = manager.create(values, new Shape(1, 3, height, width));
        NDList logits = predictor.predict(new NDList(images));
        logits.attach(manager);
        NDArray expected = network.evaluate(images);
        assertThat(logits.head().getShape()).isEqualTo(expected.getShape());
        assertThat(logits.head().toFloatArray())
            .containsExactly(expected.toFloatArray(), within(1e-5f));
      }
    }
  }

  @Test
  void sayWhichExportsThereAreNot() {
    var target = new LocalStorage(folder.resolve("out"));

    assertThatExceptionOfType(UnfitDataException.class)
        .isThrownBy(() -> new ModelExport(model(SEGMENTATION)).timm(target, Long.MAX_VALUE))
        .withMessageEndingWith(
            "for timm: expected a network of classification, got one of segmentation");
    assertThatExceptionOfType(UnfitDataException.class)
        .isThrownBy(() -> new ModelExport(model(DETECTION)).mlflow(target))
        .withMessageContaining("as TorchScript: expected a network that programs compute alone");
    new ModelExport(model(SEGMENTATION)).mlflow(target);
    assertThat(target.text("MLmodel")).contains("[-1, 3, -1, -1]", "[-1, 3, -1, -1]");
  }

  @Test
  void findObjectsAtTheImagesOwnSize() throws Exception {
    ModelFolder model = model(DETECTION);
    Picture picture = picture(48, 60);
    byte[] png = ImageFiles.png(picture.pixels());

    try (var detector = new Detector(model, COMPUTE);
        Model djl = DjlModel.load(model, COMPUTE);
        var predictor = djl.newPredictor(DjlModel.objectTranslator(model))) {
      List<DetectedObject> found = detector.objects(picture);
      DetectedObjects ofDjl =
          predictor.predict(
              ImageFactory.getInstance().fromInputStream(new ByteArrayInputStream(png)));

      assertThat(found).isNotEmpty();
      assertThat(ofDjl.getNumberOfObjects()).isEqualTo(found.size());
      for (int i = 0; i < found.size(); i++) {
        DetectedObject object = found.get(i);
        DetectedObjects.DetectedObject same = ofDjl.item(i);
        Mask mask = (Mask) same.getBoundingBox();
        assertThat(same.getClassName()).isEqualTo(CLASSES.get(object.classIndex()));
        assertThat(same.getProbability()).isCloseTo(object.score(), within(1e-6));
        assertThat(mask.getProbDist()).hasDimensions(28, 28);
        assertThat(60 * mask.getBounds().getX()).isCloseTo(object.box().x0(), within(1e-3));
        assertThat(48 * mask.getBounds().getHeight())
            .isCloseTo(object.box().y1() - object.box().y0(), within(1e-3));
      }
    }
  }

  @Test
  void sayThatOutputsOfObjectsAreNoNumbers() {
    List<Weights> weights = DETECTION.initialWeights(DIVISION, 3, "test");
    Arrays.fill(weights.get(1).tensor("rpn.objectness.bias").values(), Float.NaN);
    ModelFolder broken = model(configuration(DETECTION), weights);

    try (var detector = new Detector(broken, COMPUTE)) {
      assertThatIOException()
          .isThrownBy(() -> detector.objects(picture(20, 20)))
          .withMessageStartingWith("expected finite outputs of the network, got NaN");
    }
  }
}
