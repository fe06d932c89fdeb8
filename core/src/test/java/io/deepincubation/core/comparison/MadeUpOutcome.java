package io.deepincubation.core.comparison;

import io.deepincubation.core.machine.MemoryUse;
import io.deepincubation.core.method.Stage;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.run.StageResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What might have come of a training. Which test images a network tells right is a text with a 1
 * for each that it does, and a 0 for each that it does not.
 */
final class MadeUpOutcome {

  /** Computed operations of each stage that trains, where nothing else is said. */
  static final double FLOPS = 10;

  static final String FOLDER = "runs/1";

  private static final int CLASSES = 4;

  private final ComparisonPlan.Cell cell;
  private final String right;
  private final Map<String, String> rightByStage = new HashMap<>();
  private final Map<String, Double> seconds = new HashMap<>();
  private final Map<String, Double> flops = new HashMap<>();
  private final Map<String, List<MetricsLine>> metrics = new HashMap<>();
  private final Set<String> committed = new TreeSet<>();
  private final Map<String, List<Double>> shares = new HashMap<>();
  private @Nullable Double overlap;

  /**
   * All stages are committed, each after a second.
   *
   * @param cell the training
   * @param right which images all its networks tell right
   */
  MadeUpOutcome(ComparisonPlan.Cell cell, String right) {
    this.cell = cell;
    this.right = right;
    cell.stages().forEach(stage -> committed.add(stage.name()));
  }

  /** The classes of so many test images. */
  static int[] labels(int images) {
    return IntStream.range(0, images).map(i -> i % CLASSES).toArray();
  }

  /** A text of ones and zeros as numbers. */
  static double[] numbers(String right) {
    return right.chars().mapToDouble(c -> c == '1' ? 1 : 0).toArray();
  }

  MadeUpOutcome right(String stage, String bits) {
    rightByStage.put(stage, bits);
    return this;
  }

  MadeUpOutcome seconds(String stage, double time) {
    seconds.put(stage, time);
    return this;
  }

  MadeUpOutcome flops(String stage, double computed) {
    flops.put(stage, computed);
    return this;
  }

  MadeUpOutcome line(String stage, long step, long steps, @Nullable Double top1) {
    metrics
        .computeIfAbsent(stage, any -> new ArrayList<>())
        .add(
            new MetricsLine(
                "2026-01-01T00:00:00Z",
                stage,
                null,
                0,
                step,
                steps,
                1.0,
                1e-3,
                100,
                0,
                top1,
                1,
                null));
    return this;
  }

  /** Only these stages are committed. */
  MadeUpOutcome only(String... stages) {
    committed.retainAll(Set.of(stages));
    return this;
  }

  /** The networks tell the classes of pixels, so well. */
  CellOutcome doneWith(double meanOverlap) {
    overlap = meanOverlap;
    return done();
  }

  /** The same, image by image; their mean is how well they do it. */
  CellOutcome doneWith(List<Double> byImage) {
    cell.stages().forEach(stage -> shares.put(stage.name(), byImage));
    return doneWith(byImage.stream().mapToDouble(share -> share).average().orElseThrow());
  }

  CellOutcome done() {
    return came(null);
  }

  CellOutcome failed(String why) {
    return came(why);
  }

  private CellOutcome came(@Nullable String failure) {
    var results = new ArrayList<StageResult>();
    var predicted = new HashMap<String, List<Integer>>();
    for (Stage stage : cell.stages()) {
      if (committed.contains(stage.name())) {
        String bits = rightByStage.getOrDefault(stage.name(), right);
        results.add(result(stage, bits));
        predicted.put(stage.name(), predicted(bits));
      }
    }
    return new CellOutcome(FOLDER, failure, results, metrics, predicted, shares);
  }

  private static List<Integer> predicted(String bits) {
    int[] labels = labels(bits.length());
    return IntStream.range(0, labels.length)
        .mapToObj(i -> bits.charAt(i) == '1' ? labels[i] : (labels[i] + 1) % CLASSES)
        .toList();
  }

  private StageResult result(Stage stage, String bits) {
    double computed = flops.getOrDefault(stage.name(), stage.trains() ? FLOPS : 0);
    double top1 = (double) bits.chars().filter(c -> c == '1').count() / bits.length();
    double accuracy = overlap == null ? top1 : overlap;
    return new StageResult(
        stage.name(),
        stage.moduleIndex(),
        96,
        stage.schedule().epochs(),
        seconds.getOrDefault(stage.name(), 1.0),
        2 * computed,
        computed,
        stage.trains() ? 0.5 : null,
        accuracy,
        overlap == null
            ? Metrics.ofTop1(accuracy)
            : new Metrics(
                Metrics.MEAN_IOU,
                Map.of(
                    Metrics.MEAN_IOU,
                    overlap,
                    Metrics.MEAN_ACCURACY,
                    2 * overlap,
                    "head.0." + Metrics.MEAN_IOU,
                    0.1)),
        1,
        "host",
        "driver",
        "cpu",
        new MemoryUse(1, 1, null),
        0,
        6,
        0,
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:01:00Z",
        List.of(),
        "ab",
        null);
  }
}
