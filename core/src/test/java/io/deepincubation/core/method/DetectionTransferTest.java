package io.deepincubation.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.deepincubation.core.detection.DetectedObject;
import io.deepincubation.core.evaluation.AveragePrecision;
import io.deepincubation.core.evaluation.ImageMatches;
import io.deepincubation.core.inference.Detector;
import io.deepincubation.core.inference.ModelFolder;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.run.ClassMeasures;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.testing.TestScenes;
import io.deepincubation.core.testing.TinyRuns;
import io.deepincubation.core.testing.TinyScenes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network learns to find squares; every fourth image has a crowd alone. */
class DetectionTransferTest {

  @TempDir private Path folder;

  private StageResult run(Recipe recipe, String name) {
    return run(recipe, name, /* threads= */ 1, /* parallelism= */ 1);
  }

  private StageResult run(Recipe recipe, String name, int threads, int parallelism) {
    var storage = new LocalStorage(folder.resolve(name));
    RunContext context =
        TinyScenes.context(
            folder,
            recipe,
            new RunFolder(storage),
            uri -> storage,
            RunObserver.ofIntervals(progress -> {}));
    var compute = new Compute(Device.cpu(), Arithmetic.FP32, threads);
    return TinyRuns.run(new Transfer(), context, recipe, compute, parallelism).run().model();
  }

  private static double value(StageResult result, String measure) {
    return Objects.requireNonNull(result.metrics()).value(measure);
  }

  @Test
  void learnsToFindObjects() {
    StageResult after = run(TinyScenes.detection(12), "after");
    Metrics metrics = Objects.requireNonNull(after.metrics());

    assertThat(after.stage()).isEqualTo("transfer");
    assertThat(metrics.primary()).isEqualTo(Metrics.AP);
    assertThat(value(after, Metrics.AP_50)).isGreaterThan(0.5);
    assertThat(value(after, Metrics.AP_50 + Metrics.OF_MASKS)).isGreaterThan(0.5);
    assertThat(metrics.values())
        .containsKey(Metrics.AP_SMALL)
        .doesNotContainKeys(Metrics.AP_LARGE, Metrics.AP_LARGE + Metrics.OF_MASKS);
    ClassMeasures classes = Objects.requireNonNull(after.classes());
    assertThat(classes.images()).containsExactly(11L, 11L, 11L);
    assertThat(classes.averagePrecision()).hasSize(3).allMatch(precision -> precision > 0.1);
    assertThat(classes.maskPrecision()).hasSize(3);
    assertThat(classes.f1()).allMatch(f1 -> f1 > 0.3);
    assertThat(classes.columns().keySet())
        .containsExactly("precision", "recall", "F1", "AP of boxes", "AP of masks");
    assertThat(mean(classes, 0)).isCloseTo(value(after, Metrics.AP_50), within(1e-9));
    assertThat(mean(classes, 1)).isCloseTo(value(after, Metrics.AP_75), within(1e-9));
    assertThat(mean(classes, 2)).isCloseTo(value(after, Metrics.AP), within(1e-9));
    opensByItself(after);
  }

  /** The mean of a curve's precision is average precision. */
  private static double mean(ClassMeasures classes, int curve) {
    return Objects.requireNonNull(classes.curves()).get(curve).precision().stream()
        .mapToDouble(precision -> precision)
        .average()
        .orElseThrow();
  }

  private void opensByItself(StageResult result) {
    var folderOfRun = new RunFolder(new LocalStorage(folder.resolve("after")));
    assertThat(folderOfRun.scenes("transfer")).isPresent();
    List<Double> shares = folderOfRun.shares("transfer");
    assertThat(shares).hasSize(TinyScenes.IMAGES_WITH_OBJECTS);
    assertThat(shares.stream().mapToDouble(share -> share).average().orElseThrow())
        .isCloseTo(value(result, Metrics.AP), within(1e-9));
    ModelFolder model = ModelFolder.open(new LocalStorage(folder.resolve("after/transfer")));
    var images = new ArrayList<ImageMatches>();
    try (var detector = new Detector(model, new Compute(Device.cpu(), Arithmetic.FP32, 1))) {
      for (int i = 0; i < TinyScenes.IMAGES_WITH_OBJECTS; i++) {
        List<DetectedObject> found = detector.objects(TestScenes.image(i));
        images.add(ImageMatches.byBoxes(i, TestScenes.objects(i).objects(), found));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var measured = AveragePrecision.of(TestScenes.CLASSES.size(), images).measures();
    assertThat(measured).containsEntry(AveragePrecision.AP, value(result, Metrics.AP));
  }

  @Test
  void learnsFromWholeImagesOfSizesOfTheirOwn() {
    String[] whole = {"scene.crop=0", "scene.least-ratio=1", "scene.most-ratio=1"};
    StageResult before = run(TinyScenes.detection(0, whole), "before");
    StageResult after = run(TinyScenes.detection(4, whole), "after");

    assertThat(value(after, Metrics.AP_50)).isGreaterThan(value(before, Metrics.AP_50));
  }

  @Test
  void lanesAndASecondRunGiveTheSameBytes() {
    Recipe lanes = TinyScenes.detection(1, "batch.size=32");

    assertThat(run(lanes, "once", 2, 1).sha256()).isEqualTo(run(lanes, "twice", 2, 1).sha256());
  }

  /** Rounds are counted by the images that there is something to learn from. */
  @Test
  void theBytesOfRoundsFollowFromTheWorkersNotFromHowManyRunAtATime() {
    Recipe rounds = TinyScenes.detection(3, "transfer.workers=2", "rounds.steps=4");

    StageResult one = run(rounds, "one", 1, 1);

    assertThat(one.images()).isEqualTo(3 * 30);
    assertThat(run(rounds, "two", 1, 2).sha256()).isEqualTo(one.sha256());
  }
}
