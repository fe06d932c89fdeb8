package io.deepincubation.core.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import com.google.gson.Gson;
import io.deepincubation.core.data.pixels.ImageFiles;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.PixelTransform;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ResidualNetwork;
import io.deepincubation.core.network.VisionTransformer;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.weights.WeightsFolder;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class ModelExportTest {

  private static final Compute COMPUTE = new Compute(Device.cpu(), Arithmetic.FP32, 1);
  private static final long NO_LIMIT = Long.MAX_VALUE;
  private static final int SIDE = 16;

  @TempDir private Path folder;

  static Stream<Arguments> networks() {
    return Stream.of(
        Arguments.of(
            new VisionTransformer(SIDE, 4, 16, 2, 5, VisionTransformer.DEIT_EPSILON),
            new ModularDivision(List.of(2, 1))),
        Arguments.of(new ResidualNetwork(SIDE, 4, 5), new ModularDivision(List.of(1, 2, 1))));
  }

  private ModelFolder model(Architecture architecture, ModularDivision division) {
    Storage target = new LocalStorage(folder.resolve("final"));
    List<Weights> weights = architecture.initialWeights(division, 3, "test");
    WeightsFolder.write(target, weights, 0);
    byte[] text =
        new Gson().toJson(architecture.configuration(division)).getBytes(StandardCharsets.UTF_8);
    target.write("config.json", stream -> stream.write(text));
    return ModelFolder.open(target);
  }

  @Test
  void refusesWhatImagesDoNotGoThroughHere() {
    var config =
        new HashMap<>(
            new VisionTransformer(SIDE, 4, 16, 2, 5, VisionTransformer.DEIT_EPSILON)
                .configuration(new ModularDivision(List.of(1))));
    model(new VisionTransformer(SIDE, 4, 16, 2, 5, 1e-6), new ModularDivision(List.of(1)));
    config.put("pretrained_cfg", Map.of("interpolation", "bilinear"));
    byte[] text = new Gson().toJson(config).getBytes(StandardCharsets.UTF_8);
    Storage target = new LocalStorage(folder.resolve("final"));
    target.write("config.json", stream -> stream.write(text));

    assertThatThrownBy(() -> ModelFolder.open(target))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageEndingWith("expected pretrained_cfg.interpolation bicubic, got bilinear");
  }

  @Test
  void refusesOutputsThatAreNoNumbersInDjlToo() {
    var translator =
        new ImageTranslator(PixelTransform.deit(SIDE), List.of("ant", "bee"), 2, false);
    try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
      NDArray logits = manager.create(new float[] {1, Float.NaN});

      assertThatThrownBy(() -> translator.classes(logits))
          .isInstanceOf(UnfitDataException.class)
          .hasMessageStartingWith("Cannot classify a sample: expected finite outputs");
    }
  }

  private static float[] image() {
    var random = RandomStream.of(11);
    var values = new float[3 * SIDE * SIDE];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float[] probabilities(ModelFolder model) {
    return probabilities(model, COMPUTE);
  }

  private static float[] probabilities(ModelFolder model, Compute compute) {
    try (var classifier = new Classifier(model, compute)) {
      return classifier.probabilities(List.of(image())).get(0);
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void bfloat16GivesNearlyTheSameProbabilities(
      Architecture architecture, ModularDivision division) {
    ModelFolder model = model(architecture, division);
    float[] fp32 = probabilities(model);

    float[] bf16 = probabilities(model, new Compute(Device.cpu(), Arithmetic.BF16, 1));

    assertThat(bf16).isNotEqualTo(fp32).hasSize(fp32.length);
    assertThat(bf16).containsExactly(fp32, within(0.02f));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void mlflowFindsATorchScriptModelAndItsSignature(
      Architecture architecture, ModularDivision division) {
    var target = new LocalStorage(folder.resolve("mlflow"));

    new ModelExport(model(architecture, division)).mlflow(target);

    assertThat(target.list(""))
        .containsExactly(
            "MLmodel", "config.json", "model.pt", "python_env.yaml", "requirements.txt");
    assertThat(new Load(LoadSettings.builder().build()).loadFromString(target.text("MLmodel")))
        .isEqualTo(
            Map.of(
                "flavors",
                Map.of(
                    "python_function",
                    Map.of(
                        "data",
                        "model.pt",
                        "env",
                        Map.of("virtualenv", "python_env.yaml"),
                        "loader_module",
                        "mlflow.pytorch",
                        "python_version",
                        "3.11.0"),
                    "pytorch",
                    Map.of("model_data", "model.pt", "pytorch_version", "2.7.1")),
                "mlflow_version",
                "2.22.0",
                "signature",
                Map.of(
                    "inputs",
                    "[{\"type\": \"tensor\", \"tensor-spec\": {\"dtype\": \"float32\","
                        + " \"shape\": [-1, 3, 16, 16]}}]",
                    "outputs",
                    "[{\"type\": \"tensor\", \"tensor-spec\": {\"dtype\": \"float32\","
                        + " \"shape\": [-1, 5]}}]")));
  }

  @Test
  void exportsTakeTheModelCardAlong() {
    ModelFolder model =
        model(
            new VisionTransformer(SIDE, 4, 16, 2, 5, VisionTransformer.DEIT_EPSILON),
            new ModularDivision(List.of(1)));
    new LocalStorage(folder.resolve("final"))
        .write("README.md", stream -> stream.write("# card".getBytes(StandardCharsets.UTF_8)));
    var target = new LocalStorage(folder.resolve("timm"));

    new ModelExport(model).timm(target, NO_LIMIT);

    assertThat(target.text("README.md")).isEqualTo("# card");
  }

  @ParameterizedTest
  @MethodSource("networks")
  void timmFilesGiveTheSameNetwork(Architecture architecture, ModularDivision division) {
    ModelFolder model = model(architecture, division);
    var target = new LocalStorage(folder.resolve("timm"));

    new ModelExport(model).timm(target, NO_LIMIT);

    assertThat(target.list("")).containsExactly("config.json", "model.safetensors");
    assertThat(probabilities(ModelFolder.open(target))).isEqualTo(probabilities(model));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void djlOpensTheTorchscriptFileByItself(Architecture architecture, ModularDivision division)
      throws Exception {
    ModelFolder model = model(architecture, division);
    Path target = folder.resolve("script");

    new ModelExport(model).torchscript(new LocalStorage(target));

    try (Model opened = TorchEngine.newModel("model", Device.cpu())) {
      opened.load(target, "model");
      try (var predictor = opened.newPredictor(new NoopTranslator());
          var manager = opened.getNDManager().newSubManager()) {
        var images = manager.create(image(), new Shape(1, 3, SIDE, SIDE));
        NDList logits = predictor.predict(new NDList(images));
        logits.attach(manager);
        float[] expected = probabilities(model);
        assertThat(logits.head().softmax(-1).toFloatArray())
            .hasSize(expected.length)
            .containsExactly(expected, within(1e-5f));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "'pretrained_cfg': 7 | expected pretrained_cfg as an object, got 7",
        "'label_names': {'0': 'ant'} | expected label_names as a list, got {\"0\":\"ant\"}",
        "'division': {} | expected division as a list, got {}",
        "'division': [2000000000] | expected a division of the layers that are there",
        "'model_args': 'x' | expected model_args as an object, got \"x\"",
      })
  void saysWhichKeyOfAConfigurationIsOfAnotherKind(String entry, String message) {
    assertThatExceptionOfType(UnfitDataException.class)
        .isThrownBy(() -> configured(entry))
        .withMessageStartingWith("Cannot load a model from ")
        .withMessageContaining(message);
  }

  @Test
  void refusesADivisionThatTheFamilyDoesNotKnow() {
    var network = new ResidualNetwork(SIDE, 4, 5);
    model(network, new ModularDivision(List.of(1, 2, 1)));
    Storage target = new LocalStorage(folder.resolve("final"));
    String text = target.text("config.json").replace("[1,2,1]", "[1,2,2,1]");
    target.write("config.json", stream -> stream.write(text.getBytes(StandardCharsets.UTF_8)));

    assertThatExceptionOfType(UnfitDataException.class)
        .isThrownBy(() -> ModelFolder.open(target))
        .withMessageContaining("expected 3 modules, one a group of equal width, got 4");
  }

  @Test
  void takesNullForAbsent() {
    ModelFolder model =
        configured(
            "'pretrained_cfg': null, 'label_names': null, 'division': null, 'norm_eps': null,"
                + " 'model_args': null");

    assertThat(model.classNames()).hasSize(5);
    assertThat(model.division().depths()).containsExactly(3);
  }

  /** A transformer's folder with another configuration. */
  private ModelFolder configured(String entries) {
    Storage target = new LocalStorage(folder.resolve("configured"));
    var network = new VisionTransformer(SIDE, 4, 64, 1, 5, VisionTransformer.DEIT_EPSILON);
    WeightsFolder.write(
        target, network.initialWeights(new ModularDivision(List.of(3)), 3, "test"), NO_LIMIT);
    byte[] json =
        ("{'architecture': 'vit_base_patch16_224', " + entries + "}")
            .replace('\'', '"')
            .getBytes(StandardCharsets.UTF_8);
    target.write("config.json", stream -> stream.write(json));
    return ModelFolder.open(target);
  }

  @Test
  void isAPlainDjlModelWithATranslator() throws Exception {
    ModelFolder model =
        model(
            new VisionTransformer(SIDE, 4, 16, 2, 5, VisionTransformer.DEIT_EPSILON),
            new ModularDivision(List.of(3)));
    int[] rgb = RandomStream.of(4).ints(20 * 30, 0, 1 << 24).toArray();
    byte[] png = ImageFiles.png(Pixels.ofRgb(rgb, 20, 30));

    try (Model djl = DjlModel.load(model, COMPUTE);
        var predictor = djl.newPredictor(DjlModel.translator(model, 5));
        var classifier = new Classifier(model, COMPUTE)) {
      Image image = ImageFactory.getInstance().fromInputStream(new ByteArrayInputStream(png));
      Classifications classes = predictor.predict(image);
      float[] expected =
          classifier.probabilities(List.of(model.transform().values(Picture.of(png)))).get(0);
      for (int label = 0; label < expected.length; label++) {
        assertThat(classes.get(Integer.toString(label)).getProbability())
            .isCloseTo(expected[label], within(1e-5));
      }
    }
  }
}
