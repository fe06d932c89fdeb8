package io.deepincubation.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.core.data.augment.SceneScales;
import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.evaluation.PixelCounts;
import io.deepincubation.core.inference.ModelFolder;
import io.deepincubation.core.inference.Segmenter;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.testing.TestScenes;
import io.deepincubation.core.testing.TinyRuns;
import io.deepincubation.core.testing.TinyScenes;
import io.deepincubation.core.training.Task;
import io.deepincubation.core.weights.WeightsFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A trained network learns to tell the classes of pixels. */
class TransferTest {

  private static final int IGNORED = 255;

  @TempDir private Path folder;

  @BeforeEach
  void keepABackbone() {
    Recipe plain = TinyRuns.recipe(1);
    Architecture backbone = Architectures.of(plain, TinyRuns.CLASSES);
    WeightsFolder.write(
        new LocalStorage(folder.resolve("backbone")),
        backbone.initialWeights(plain.targetDivision(), 5, "backbone"),
        1L << 40);
  }

  private static Recipe recipe(int epochs, String... overrides) {
    List<String> all =
        Stream.concat(Stream.of("initial-weights=file:/backbone"), Stream.of(overrides)).toList();
    return TinyScenes.segmentation(epochs, all.toArray(String[]::new));
  }

  private RunContext context(Recipe recipe, String run) {
    return TinyScenes.context(
        folder,
        recipe,
        new RunFolder(new LocalStorage(folder.resolve(run))),
        uri -> new LocalStorage(folder.resolve("backbone")),
        RunObserver.ofIntervals(progress -> {}));
  }

  private static double overlap(StageResult result) {
    return result.measuredAccuracy().orElseThrow();
  }

  private StageResult run(Recipe recipe, String name) {
    return TinyRuns.run(new Transfer(), context(recipe, name), recipe, 1).run().model();
  }

  @ParameterizedTest
  @ValueSource(strings = {"batch", "group", "layer"})
  void learnsTheClassesOfPixels(String norm) {
    String key = "segmentation.norm=" + norm;
    double before = overlap(run(recipe(0, key), "before-" + norm));
    StageResult after = run(recipe(5, key), "after-" + norm);

    assertThat(after.stage()).isEqualTo("transfer");
    assertThat(Objects.requireNonNull(after.metrics()).primary()).isEqualTo(Metrics.MEAN_IOU);
    assertThat(overlap(after)).isGreaterThan(Math.max(0.4, before + 0.1));
    assertThat(Objects.requireNonNull(after.classes()).columns().keySet())
        .containsExactly("IoU", "accuracy");
    assertThat(Objects.requireNonNull(after.classes()).overlap())
        .hasSize(TestScenes.CLASSES.size());
  }

  @Test
  void keepsAPictureOfTheFirstImagesAndOpensByItself() throws IOException {
    Recipe recipe = recipe(3);
    StageResult result = run(recipe, "run");
    var folderOfRun = new RunFolder(new LocalStorage(folder.resolve("run")));
    Pixels sheet = ImageCodec.decode(folderOfRun.scenes("transfer").orElseThrow());
    ModelFolder model = ModelFolder.open(new LocalStorage(folder.resolve("run/transfer")));
    var compute = new Compute(Device.cpu(), Arithmetic.FP32, 1);

    assertThat(sheet.size()).isEqualTo("740 x 996");
    folderOfRun.commits().sweep("transfer");
    assertThat(folderOfRun.scenes("transfer")).isPresent();
    List<Double> shares = folderOfRun.shares("transfer");
    assertThat(shares).hasSize(TinyScenes.IMAGES_WITH_MASKS);
    assertThat(shares.stream().mapToDouble(share -> share).average().orElseThrow())
        .isCloseTo(overlap(result), within(1e-9));
    assertThat(new LocalStorage(folder.resolve("run/transfer")).text("README.md"))
        .contains("pipeline_tag: image-segmentation", "type: mean_iou", "each pixel of images");
    PixelCounts counts = PixelCounts.none(TestScenes.CLASSES.size());
    try (var segmenter = new Segmenter(model, compute)) {
      for (int i = 0; i < TinyScenes.IMAGES_WITH_MASKS; i++) {
        LabelMap taken = segmenter.classes(TestScenes.image(i), SceneScales.ONE);
        LabelMap truth = TestScenes.mask(i).mapped(id -> id == 0 ? IGNORED : id - 1);
        counts =
            counts.plus(PixelCounts.of(counts.classes(), numbers(truth), numbers(taken), IGNORED));
      }
    }
    assertThat(counts.measures().get(Metrics.MEAN_IOU)).isEqualTo(overlap(result));
  }

  private static int[] numbers(LabelMap map) {
    return IntStream.range(0, map.values().length).map(i -> map.values()[i]).toArray();
  }

  @Test
  void severalLooksAtEachImageAreMeasured() {
    Recipe recipe = recipe(2);
    RunContext context = context(recipe, "looks");
    StageResult result = TinyRuns.run(new Transfer(), context, recipe, 1).run().model();
    Stage stage = new Transfer().stages(recipe).get(0);
    var work = new StageWork(context, new Compute(Device.cpu(), Arithmetic.FP32, 1));

    Measured once = work.measured(stage, context.data().test(), UnaryOperator.identity());
    Measured often = work.measured(stage, context.data().test(), Task::atSeveralScales);

    assertThat(once.metrics()).isEqualTo(result.metrics());
    assertThat(often.metrics().value()).isGreaterThan(0.1).isNotEqualTo(once.metrics().value());
  }

  @Test
  void windowsThatSlideMeasureAlike() {
    double whole = overlap(run(recipe(2), "whole"));
    double slid =
        overlap(run(recipe(2, "segmentation.window=16", "segmentation.stride=8"), "slid"));

    assertThat(slid).isGreaterThan(0.1).isNotEqualTo(whole);
  }

  @Test
  void aFrozenBackboneStaysAsItIs() {
    Recipe recipe = recipe(1, "transfer.freeze-backbone=true");
    run(recipe, "frozen");

    Weights before = WeightsFolder.open(new LocalStorage(folder.resolve("backbone"))).read();
    Weights after = WeightsFolder.open(new LocalStorage(folder.resolve("frozen/transfer"))).read();
    assertThat(after.tensors().keySet()).doesNotContain("norm.weight", "head.cls");
    after.tensors().entrySet().stream()
        .filter(tensor -> before.tensors().containsKey(tensor.getKey()))
        .forEach(
            tensor ->
                assertThat(tensor.getValue().values())
                    .as(tensor.getKey())
                    .isEqualTo(before.tensor(tensor.getKey()).values()));
    assertThat(run(recipe(0, "transfer.freeze-backbone=true"), "begun").sha256())
        .isNotEqualTo(run(recipe, "frozen").sha256());
  }

  @Test
  void lanesAndASecondRunGiveTheSameBytes() {
    assertThat(run(recipe(2), "once").sha256()).isEqualTo(run(recipe(2), "twice").sha256());
  }

  @Test
  void otherMethodsRefuseADenseTask() {
    Recipe recipe = recipe(1);

    Stream.of(new DeepIncubation(), new EndToEnd())
        .forEach(
            method ->
                assertThatThrownBy(
                        () -> TinyRuns.run(method, context(recipe, "refused"), recipe, 1).run())
                    .isInstanceOf(RecipeException.class)
                    .hasMessageContaining("expected transfer.task none"));
  }
}
