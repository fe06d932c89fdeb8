package io.deepincubation.spark.report;

import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.comparison.Comparison.Cell;
import io.deepincubation.core.comparison.Comparison.CellStage;
import io.deepincubation.core.comparison.Comparison.CostRatio;
import io.deepincubation.core.comparison.Comparison.CurvePoint;
import io.deepincubation.core.comparison.Comparison.Pair;
import io.deepincubation.core.comparison.Comparison.Row;
import io.deepincubation.core.comparison.Comparison.Trend;
import io.deepincubation.core.comparison.Comparison.Verdict;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.statistics.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Comparisons as they come, with numbers that are drawn. */
final class ComparisonSamples {

  static final int IMAGES = 10_000;
  static final double BUDGET = 138e12;
  private static final String OURS = "Deep Incubation";
  private static final String RIVAL = "End-to-end";

  private ComparisonSamples() {}

  /** Seven ways to train at one cost by three seeds; one training of the last has failed. */
  static Comparison table() {
    List<Row> rows = new ArrayList<>();
    rows.add(row(OURS, 0.287, BUDGET, null, 3));
    rows.add(row(RIVAL, 0.255, BUDGET, null, 3));
    rows.add(row("DGL", 0.243, BUDGET, null, 3));
    rows.add(row("InfoPro", 0.262, BUDGET, null, 3));
    rows.add(row("Module imitation", 0.271, BUDGET, null, 3));
    rows.add(row("Staged end-to-end", 0.283, BUDGET, null, 3));
    rows.add(withFailure(row("Deep Incubation, tunable meta model", 0.289, BUDGET, null, 3)));
    List<Pair> pairs = IntStream.range(1, rows.size()).mapToObj(i -> pair(rows, 0, i)).toList();
    return comparison("Six rivals on CIFAR-100", "Tab. 2", "", rows, pairs, List.of(), List.of());
  }

  /** Two methods at four depths. */
  static Comparison depths() {
    List<Row> rows = new ArrayList<>();
    double[] depths = {8, 16, 24, 48};
    double[] ours = {0.262, 0.279, 0.287, 0.301};
    double[] rival = {0.259, 0.262, 0.255, 0.238};
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < depths.length; i++) {
      rows.add(at("model.depth", row(OURS, ours[i], BUDGET * depths[i] / 24, depths[i], 3)));
      rows.add(at("model.depth", row(RIVAL, rival[i], BUDGET * depths[i] / 24, depths[i], 3)));
    }
    for (int i = 0; i < depths.length; i++) {
      pairs.add(pair(rows, 2 * i, 2 * i + 1));
    }
    Trend trend = new Trend(OURS, RIVAL, 8, 48, difference(0.301 - 0.238 - 0.003, 3));
    return comparison(
        "More layers", "Fig. 6", "model.depth", rows, pairs, List.of(trend), List.of());
  }

  /** Two methods at four costs. */
  static Comparison costs(@Nullable Estimate ratio, int reached) {
    List<Row> rows = new ArrayList<>();
    double[] scales = {0.25, 0.5, 1, 2};
    double[] ours = {0.205, 0.251, 0.287, 0.309};
    double[] rival = {0.188, 0.228, 0.255, 0.268};
    for (int i = 0; i < scales.length; i++) {
      rows.add(at("*.epochs", row(OURS, ours[i], BUDGET * scales[i], scales[i], 3)));
      rows.add(at("*.epochs", row(RIVAL, rival[i], BUDGET * scales[i], scales[i], 3)));
    }
    List<Pair> pairs = List.of(pair(rows, 4, 5), pair(rows, 6, 7));
    return comparison(
        "Accuracy for cost",
        "Fig. 4",
        "*.epochs",
        rows,
        pairs,
        List.of(),
        List.of(new CostRatio(OURS, RIVAL, reached, ratio), new CostRatio(RIVAL, OURS, 0, null)));
  }

  static Comparison comparison(
      String title,
      String figure,
      String axis,
      List<Row> rows,
      List<Pair> pairs,
      List<Trend> trends,
      List<CostRatio> ratios) {
    return new Comparison(
        Comparison.FORMAT_VERSION,
        title,
        figure,
        "cifar100-small",
        "s3a://lake/sets/cifar-100",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        IMAGES,
        IMAGES,
        axis,
        rows,
        pairs,
        trends,
        ratios,
        Map.of("java", "17.0.12", "libtorch", "2.5.1", "spark", "3.5.9"),
        "top1");
  }

  /** A way to train; Deep Incubation's have the stages and gains of modules. */
  static Row row(
      String label, double top1, @Nullable Double budget, @Nullable Double x, int seeds) {
    List<Cell> cells =
        LongStream.rangeClosed(1, seeds)
            .mapToObj(seed -> cell(label, seed, top1 + 0.003 * (seed - 2), budget, x))
            .toList();
    return new Row(
        label,
        label.toLowerCase(java.util.Locale.ROOT).replace(' ', '-'),
        label,
        Map.of(),
        x,
        2_712_484,
        budget,
        cells,
        seeds == 0 ? null : share(top1, seeds),
        seeds == 0 ? Map.of() : Map.of(Metrics.LOG_LOSS, logLoss(cells)),
        isOurs(label) && seeds > 0
            ? List.of(
                difference(0.041, seeds),
                difference(0.022, seeds),
                difference(0.035, seeds),
                difference(-0.006, seeds))
            : List.of());
  }

  private static Estimate logLoss(List<Cell> cells) {
    return Estimate.of(
        cells.stream().map(cell -> new double[] {cell.measures().get(Metrics.LOG_LOSS)}).toList());
  }

  private static boolean isOurs(String label) {
    return label.startsWith(OURS);
  }

  static Row at(String axis, Row row) {
    String value = Axis.plain(row.x() == null ? 0 : row.x());
    return new Row(
        row.methodTitle() + ", " + axis + " " + value,
        row.method(),
        row.methodTitle(),
        Map.of(axis, value),
        row.x(),
        row.parameters(),
        row.budget(),
        row.cells(),
        row.top1(),
        row.measures(),
        row.gains());
  }

  /** The last training has failed. */
  static Row withFailure(Row row) {
    List<Cell> cells = new ArrayList<>(row.cells());
    Cell last = cells.remove(cells.size() - 1);
    cells.add(
        new Cell(
            last.seed(),
            last.folder(),
            "modules/2: Cannot allocate 1.2 GiB on <gpu 0> after 3 attempts",
            last.plannedFlops(),
            0.4 * last.computedFlops(),
            0.4 * last.nominalFlops(),
            0.4 * last.seconds(),
            0.4 * last.longestPath(),
            null,
            Map.of(),
            last.stages().subList(0, 2),
            List.of(),
            ""));
    return new Row(
        row.label(),
        row.method(),
        row.methodTitle(),
        row.values(),
        row.x(),
        row.parameters(),
        row.budget(),
        cells,
        row.top1(),
        row.measures(),
        row.gains());
  }

  private static Cell cell(
      String label, long seed, double top1, @Nullable Double budget, @Nullable Double x) {
    double planned = budget == null ? BUDGET : budget;
    double computed = planned * (1 + 0.004 * (label.length() % 3 - 1));
    boolean ours = isOurs(label);
    return new Cell(
        seed,
        "runs/" + label.replace(' ', '-') + (x == null ? "" : "-" + x) + "/seed-" + seed,
        null,
        planned,
        computed,
        1.03 * computed,
        computed / 1e12 * 12.3,
        computed / 1e12 * (ours ? 5.1 : 12.3),
        top1,
        Map.of(Metrics.LOG_LOSS, 4 * (1 - top1)),
        ours ? modular(computed) : whole(computed),
        curve(computed, top1, ours ? 0.8 : 0),
        "AA==");
  }

  private static List<CellStage> modular(double flops) {
    List<CellStage> stages = new ArrayList<>();
    stages.add(new CellStage("meta", null, 45, 2.9, 0.21, 0.15 * flops, 200, "ab"));
    for (int i = 0; i < 4; i++) {
      stages.add(new CellStage("modules/" + i, i, 22, 2.7, 0.24, 0.16 * flops, 240, "ab"));
    }
    stages.add(new CellStage("assembled", null, 0, null, 0.14, 0, 2, "ab"));
    stages.add(new CellStage("final", null, 14, 2.4, 0.287, 0.2 * flops, 300, "ab"));
    return stages;
  }

  private static List<CellStage> whole(double flops) {
    return List.of(new CellStage("baselines/e2e", null, 49, 2.4, 0.25, flops, 1600, "ab"));
  }

  private static List<CurvePoint> curve(double flops, double top1, double from) {
    int points = from == 0 ? 49 : 15;
    return IntStream.rangeClosed(from == 0 ? 1 : 0, points)
        .mapToObj(
            i -> {
              double share = (double) i / points;
              double risen = (1 - Math.exp(-3 * share)) / (1 - Math.exp(-3));
              double start = from == 0 ? 0.02 : 0.5 * top1;
              return new CurvePoint(
                  flops * (from + (1 - from) * share), start + (top1 - start) * risen);
            })
        .toList();
  }

  static Pair pair(List<Row> rows, int row, int other) {
    double difference = mean(rows.get(row)) - mean(rows.get(other));
    int seeds = Math.min(rows.get(row).done().size(), rows.get(other).done().size());
    Estimate estimate = difference(difference, seeds);
    boolean clear = estimate.low() > 0 || estimate.high() < 0;
    return new Pair(
        row,
        other,
        estimate,
        Math.min(1, 6 * estimate.p()),
        clear ? difference > 0 ? Verdict.BETTER : Verdict.WORSE : Verdict.UNCLEAR);
  }

  private static double mean(Row row) {
    return row.top1() == null ? 0 : row.top1().mean();
  }

  static Estimate share(double mean, int seeds) {
    var random = new SplittableRandom(7);
    return Estimate.of(
        IntStream.range(0, seeds)
            .mapToObj(
                seed ->
                    IntStream.range(0, IMAGES)
                        .mapToDouble(
                            i ->
                                random.nextDouble() < mean + 0.003 * (seed - (seeds - 1) / 2.0)
                                    ? 1
                                    : 0)
                        .toArray())
            .toList());
  }

  static Estimate difference(double mean, int seeds) {
    var random = new SplittableRandom(11);
    double differ = 0.2;
    return Estimate.of(
        IntStream.range(0, seeds)
            .mapToObj(
                seed ->
                    IntStream.range(0, IMAGES)
                        .mapToDouble(
                            i ->
                                random.nextDouble() > differ
                                    ? 0
                                    : random.nextDouble() < (1 + mean / differ) / 2 ? 1 : -1)
                        .toArray())
            .toList());
  }
}
