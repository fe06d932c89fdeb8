package io.deepincubation.core.comparison;

import io.deepincubation.core.comparison.Comparison.Cell;
import io.deepincubation.core.comparison.Comparison.CellStage;
import io.deepincubation.core.comparison.Comparison.CurvePoint;
import io.deepincubation.core.method.Stage;
import io.deepincubation.core.method.Stages;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.run.StageResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One training's numbers, and which test images its networks tell right. */
final class CellTally {

  private final ComparisonPlan.Cell planned;
  private final CellOutcome outcome;
  private final int[] labels;

  /**
   * Counts.
   *
   * @param planned what was to be trained
   * @param outcome what came of it
   * @param labels the classes of the test images, in order
   */
  CellTally(ComparisonPlan.Cell planned, CellOutcome outcome, int[] labels) {
    this.planned = planned;
    this.outcome = outcome;
    this.labels = labels;
  }

  /** Name of what the trained model is told by, where it has been measured. */
  Optional<String> measure() {
    return metrics().map(Metrics::primary);
  }

  private Optional<Metrics> metrics() {
    return outcome.result(planned.model()).flatMap(result -> Optional.ofNullable(result.metrics()));
  }

  private boolean isOfImages() {
    return measure().map(Metrics.TOP1::equals).orElse(true);
  }

  /**
   * 1 for each test image that a stage's network tells right, else 0; empty if not kept. Of another
   * measure what each image, or group of images, gives it.
   */
  Optional<double[]> right(Stage stage) {
    if (!isOfImages()) {
      return outcome.result(stage).flatMap(this::shares);
    }
    List<Integer> predicted = outcome.predicted(stage.name());
    if (predicted.size() != labels.length) {
      return Optional.empty();
    }
    var right = new double[labels.length];
    for (int i = 0; i < right.length; i++) {
      right[i] = predicted.get(i) == labels[i] ? 1 : 0;
    }
    return Optional.of(right);
  }

  /** One number, the measure itself, of stages that kept no more. */
  private Optional<double[]> shares(StageResult result) {
    List<Double> shares = outcome.shares(result.stage());
    return shares.isEmpty()
        ? result.measuredAccuracy().map(number -> new double[] {number})
        : Optional.of(shares.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** The same of the trained target model, where the training has come to its end. */
  Optional<double[]> right() {
    return outcome.failure() == null ? right(planned.model()) : Optional.empty();
  }

  /** What each hybrid network tells more often right than its meta model, image by image. */
  Optional<double[]> gain(int module) {
    return planned.stages().stream()
        .filter(stage -> stage.module().equals(Optional.of(module)))
        .findFirst()
        .flatMap(
            hybrid ->
                hybrid.needs().stream()
                    .filter(need -> need.name().equals(Stages.META))
                    .findFirst()
                    .flatMap(meta -> difference(hybrid, meta)));
  }

  private Optional<double[]> difference(Stage hybrid, Stage meta) {
    return right(hybrid).flatMap(above -> right(meta).map(below -> differences(above, below)));
  }

  /** First minus second; of their means where only one is told image by image. */
  static double[] differences(double[] first, double[] second) {
    if (first.length != second.length) {
      return differences(mean(first), mean(second));
    }
    var differences = new double[first.length];
    for (int i = 0; i < first.length; i++) {
      differences[i] = first[i] - second[i];
    }
    return differences;
  }

  /** The mean alone. */
  static double[] mean(double[] values) {
    return new double[] {Arrays.stream(values).average().orElseThrow()};
  }

  Cell cell() {
    List<StageResult> results = outcome.results();
    Optional<double[]> right = right();
    return new Cell(
        planned.recipe().seed(),
        outcome.folder(),
        failure(right),
        planned.cost().computed(),
        results.stream().mapToDouble(CellTally::computed).sum(),
        results.stream().mapToDouble(StageResult::trainingFlops).sum(),
        results.stream().mapToDouble(StageResult::seconds).sum(),
        longestPath(),
        right
            .flatMap(any -> outcome.result(planned.model()))
            .flatMap(StageResult::measuredAccuracy)
            .orElse(null),
        right.flatMap(any -> metrics()).map(Metrics::others).orElse(Map.of()),
        results.stream().map(CellTally::stage).toList(),
        curve(),
        right.filter(any -> isOfImages()).map(CellTally::bits).orElse(""));
  }

  private @Nullable String failure(Optional<double[]> right) {
    if (outcome.failure() != null || right.isPresent()) {
      return outcome.failure();
    }
    return outcome.result(planned.model()).isEmpty()
        ? "not trained yet"
        : "the classes of its test images were not kept; delete "
            + outcome.folder()
            + " to train it";
  }

  private static double computed(StageResult result) {
    Double computed = result.computedFlops();
    return computed == null ? result.trainingFlops() : computed;
  }

  private static CellStage stage(StageResult result) {
    return new CellStage(
        result.stage(),
        result.moduleIndex(),
        result.epochs(),
        result.loss(),
        result.accuracy(),
        computed(result),
        result.seconds(),
        result.sha256());
  }

  private double longestPath() {
    Map<Stage, Double> ends = new HashMap<>();
    for (Stage stage : planned.stages()) {
      double begins =
          stage.needs().stream().mapToDouble(n -> ends.getOrDefault(n, 0.0)).max().orElse(0);
      ends.put(stage, begins + outcome.result(stage).map(StageResult::seconds).orElse(0.0));
    }
    return ends.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
  }

  /** The target model's measurements, over all operations so far. */
  private List<CurvePoint> curve() {
    var curve = new ArrayList<CurvePoint>();
    double before = 0;
    for (Stage stage : planned.stages()) {
      Optional<StageResult> result = outcome.result(stage);
      double flops = result.map(CellTally::computed).orElse(0.0);
      if (isTarget(stage)) {
        addPoints(stage, before, flops, curve);
      }
      before += flops;
    }
    return curve;
  }

  /** A meta model as deep as the target is not it. */
  private boolean isTarget(Stage stage) {
    return stage.module().isEmpty()
        && stage.network().equals(planned.model().network())
        && planned.stages().stream()
            .noneMatch(other -> other.module().isPresent() && other.needs().contains(stage));
  }

  private void addPoints(Stage stage, double before, double flops, List<CurvePoint> curve) {
    if (!stage.trains()) {
      outcome
          .result(stage)
          .flatMap(StageResult::measuredAccuracy)
          .ifPresent(top1 -> curve.add(new CurvePoint(before, top1)));
    }
    // Those that were done: a stage may have stopped early.
    long steps = outcome.result(stage).map(StageResult::steps).orElse(0L);
    for (MetricsLine line : outcome.metrics().getOrDefault(stage.name(), List.of())) {
      Double top1 = line.top1();
      if (top1 != null) {
        curve.add(new CurvePoint(before + flops * line.step() / steps, top1));
      }
    }
  }

  private static String bits(double[] right) {
    var bits = new BitSet(right.length);
    for (int i = 0; i < right.length; i++) {
      bits.set(i, right[i] == 1);
    }
    return Base64.getEncoder().encodeToString(bits.toByteArray());
  }
}
