package io.deepincubation.core.comparison;

import io.deepincubation.core.comparison.Comparison.Cell;
import io.deepincubation.core.comparison.Comparison.CostRatio;
import io.deepincubation.core.comparison.Comparison.Pair;
import io.deepincubation.core.comparison.Comparison.Row;
import io.deepincubation.core.comparison.Comparison.Trend;
import io.deepincubation.core.comparison.Comparison.Verdict;
import io.deepincubation.core.method.EndToEnd;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.statistics.Estimate;
import io.deepincubation.core.statistics.Holm;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * What may be said of a comparison's trainings: differences are paired by seed and image, claims
 * are corrected for one another.
 */
public final class ComparisonTally {

  private static final double CHANCE = 0.05;
  private static final String REFERENCE = EndToEnd.NAME;

  private final ComparisonPlan plan;
  private final List<List<CellTally>> tallies;
  private final List<Row> rows;

  private ComparisonTally(ComparisonPlan plan, List<List<CellOutcome>> outcomes, int[] labels) {
    this.plan = plan;
    tallies = new ArrayList<>();
    for (int row = 0; row < plan.rows().size(); row++) {
      List<ComparisonPlan.Cell> cells = plan.rows().get(row).cells();
      List<CellOutcome> came = outcomes.get(row);
      tallies.add(
          IntStream.range(0, cells.size())
              .mapToObj(i -> new CellTally(cells.get(i), came.get(i), labels))
              .toList());
    }
    rows = IntStream.range(0, plan.rows().size()).mapToObj(this::row).toList();
  }

  /**
   * Sums up.
   *
   * @param plan what was to be trained
   * @param outcomes what came of each row's cells, in the plan's order
   * @param labels the classes of the test images, in order
   * @param versions of what trained
   */
  public static Comparison of(
      ComparisonPlan plan,
      List<List<CellOutcome>> outcomes,
      int[] labels,
      Map<String, String> versions) {
    return new ComparisonTally(plan, outcomes, labels).comparison(versions);
  }

  private Comparison comparison(Map<String, String> versions) {
    Study study = plan.study();
    boolean ordered = rows.stream().anyMatch(row -> row.x() != null);
    return new Comparison(
        Comparison.FORMAT_VERSION,
        study.title(),
        study.figure(),
        plan.recipe().name(),
        plan.data().uri(),
        plan.data().digest(),
        plan.data().trainImages(),
        plan.data().testImages(),
        ordered ? study.axis() : "",
        rows,
        pairs(),
        ordered ? trends() : List.of(),
        study.axis().equals(Values.ALL_EPOCHS) ? costRatios() : List.of(),
        versions,
        measure());
  }

  private String measure() {
    return tallies.stream()
        .flatMap(List::stream)
        .map(CellTally::measure)
        .flatMap(Optional::stream)
        .findFirst()
        .orElse(Metrics.TOP1);
  }

  private Row row(int index) {
    ComparisonPlan.Row planned = plan.rows().get(index);
    List<CellTally> cells = tallies.get(index);
    List<Cell> told = cells.stream().map(CellTally::cell).toList();
    return new Row(
        planned.label(),
        planned.method().name(),
        planned.method().title(),
        planned.variant().values(),
        planned.x(),
        planned.parameters(),
        planned.budget(),
        told,
        estimate(cells.stream().map(CellTally::right).flatMap(Optional::stream).toList())
            .orElse(null),
        measures(told),
        gains(cells));
  }

  private static Map<String, Estimate> measures(List<Cell> cells) {
    var bySeed = new LinkedHashMap<String, List<double[]>>();
    for (Cell cell : cells) {
      cell.measures()
          .forEach(
              (name, value) ->
                  bySeed.computeIfAbsent(name, any -> new ArrayList<>()).add(new double[] {value}));
    }
    var measures = new LinkedHashMap<String, Estimate>();
    bySeed.forEach((name, values) -> measures.put(name, Estimate.of(values)));
    return measures;
  }

  /** From the images too, where all seeds are told image by image. */
  private static Optional<Estimate> estimate(List<double[]> bySeed) {
    if (bySeed.isEmpty()) {
      return Optional.empty();
    }
    boolean alike = bySeed.stream().mapToInt(values -> values.length).distinct().count() == 1;
    return Optional.of(Estimate.of(alike ? bySeed : bySeed.stream().map(CellTally::mean).toList()));
  }

  private static List<Estimate> gains(List<CellTally> cells) {
    var gains = new ArrayList<Estimate>();
    for (int module = 0; ; module++) {
      int of = module;
      Optional<Estimate> gain =
          estimate(cells.stream().map(cell -> cell.gain(of)).flatMap(Optional::stream).toList());
      if (gain.isEmpty()) {
        return gains;
      }
      gains.add(gain.get());
    }
  }

  /** Every claim, in the order of the study's rows. */
  private List<Pair> pairs() {
    var found = new ArrayList<Pair>();
    for (int row = 0; row < rows.size(); row++) {
      for (int other = row + 1; other < rows.size(); other++) {
        if (isClaim(row, other)) {
          pair(row, other).ifPresent(found::add);
        }
      }
    }
    double[] adjusted = Holm.adjusted(found.stream().map(pair -> pair.difference().p()).toList());
    return IntStream.range(0, found.size())
        .mapToObj(i -> judged(found.get(i), adjusted[i]))
        .toList();
  }

  private boolean isClaim(int row, int other) {
    return switch (plan.study().pairs()) {
      case ALL -> true;
      case FIRST -> row == 0;
      case METHODS -> {
        boolean oneMethod = rows.stream().map(Row::method).distinct().count() == 1;
        yield oneMethod
            || (!rows.get(row).method().equals(rows.get(other).method())
                && rows.get(row).values().equals(rows.get(other).values()));
      }
    };
  }

  /** Of a number a training alone, one seed tells nothing. */
  private Optional<Pair> pair(int row, int other) {
    List<double[]> differences = bySeed(seed -> difference(row, other, seed));
    boolean tells = differences.size() > 1 || differences.stream().allMatch(d -> d.length > 1);
    return (tells ? estimate(differences) : Optional.<Estimate>empty())
        .map(difference -> new Pair(row, other, difference, 1, Verdict.UNCLEAR));
  }

  /** A value for each seed that has one. */
  private <T> List<T> bySeed(IntFunction<Optional<T>> value) {
    return IntStream.range(0, plan.study().seeds())
        .mapToObj(value)
        .flatMap(Optional::stream)
        .toList();
  }

  /** First minus second, image by image, where both have done a seed. */
  private Optional<double[]> difference(int row, int other, int seed) {
    return minus(tallies.get(row).get(seed).right(), tallies.get(other).get(seed).right());
  }

  private static Optional<double[]> minus(Optional<double[]> first, Optional<double[]> second) {
    return first.flatMap(one -> second.map(other -> CellTally.differences(one, other)));
  }

  private static Pair judged(Pair pair, double adjusted) {
    Verdict verdict =
        adjusted >= CHANCE
            ? Verdict.UNCLEAR
            : pair.difference().mean() > 0 ? Verdict.BETTER : Verdict.WORSE;
    return new Pair(pair.row(), pair.other(), pair.difference(), adjusted, verdict);
  }

  /** How the differences of methods change from the axis' first value to its last. */
  private List<Trend> trends() {
    List<List<Integer>> lines = lines();
    var trends = new ArrayList<Trend>();
    for (int first = 0; first < lines.size(); first++) {
      for (int second = first + 1; second < lines.size(); second++) {
        trend(lines.get(first), lines.get(second)).ifPresent(trends::add);
      }
    }
    return trends;
  }

  /** The rows of each method that lie on the axis, from its first value to its last. */
  private List<List<Integer>> lines() {
    var lines = new LinkedHashMap<String, List<Integer>>();
    for (int row = 0; row < rows.size(); row++) {
      if (rows.get(row).x() != null && rows.get(row).values().size() == 1) {
        lines.computeIfAbsent(rows.get(row).method(), any -> new ArrayList<>()).add(row);
      }
    }
    lines.values().forEach(line -> line.sort(Comparator.comparing(this::x)));
    return lines.values().stream().filter(line -> line.size() > 1).toList();
  }

  private double x(int row) {
    return Objects.requireNonNull(rows.get(row).x());
  }

  private Optional<Trend> trend(List<Integer> line, List<Integer> other) {
    int last = line.size() - 1;
    int otherLast = other.size() - 1;
    if (x(line.get(0)) != x(other.get(0)) || x(line.get(last)) != x(other.get(otherLast))) {
      return Optional.empty();
    }
    List<double[]> change =
        bySeed(
            seed ->
                minus(
                    difference(line.get(last), other.get(otherLast), seed),
                    difference(line.get(0), other.get(0), seed)));
    return estimate(change)
        .map(
            estimated ->
                new Trend(
                    rows.get(line.get(0)).methodTitle(),
                    rows.get(other.get(0)).methodTitle(),
                    x(line.get(0)),
                    x(line.get(last)),
                    estimated));
  }

  /** For each method beside end-to-end training, what it costs for that one's best accuracy. */
  private List<CostRatio> costRatios() {
    List<List<Integer>> lines = lines();
    var ratios = new ArrayList<CostRatio>();
    for (List<Integer> other : lines) {
      for (List<Integer> line : lines) {
        if (!line.equals(other) && rows.get(other.get(0)).method().equals(REFERENCE)) {
          ratios.add(costRatio(line, other));
        }
      }
    }
    return ratios;
  }

  private CostRatio costRatio(List<Integer> line, List<Integer> other) {
    List<CostFactor> reached = bySeed(seed -> CostFactor.of(cells(line, seed), cells(other, seed)));
    boolean all = reached.size() == plan.study().seeds() && reached.size() > 1;
    return new CostRatio(
        rows.get(line.get(0)).methodTitle(),
        rows.get(other.get(0)).methodTitle(),
        reached.size(),
        all ? Estimate.ofSeeds(reached.stream().mapToDouble(CostFactor::factor).toArray()) : null,
        reached.stream().anyMatch(CostFactor::atLeast));
  }

  private List<Cell> cells(List<Integer> line, int seed) {
    return line.stream().map(row -> rows.get(row).cells().get(seed)).toList();
  }
}
