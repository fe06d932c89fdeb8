package io.deepincubation.core.training;

import io.deepincubation.core.run.MetricsLine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the workers of a stage tell of a round, as one training would tell it. */
public final class WorkersMetrics {

  private WorkersMetrics() {}

  /**
   * The lines of all workers by step: of an interval one line, with the mean of the losses and the
   * sum of the images a second; what happened to a worker stays a line.
   *
   * @param workers the lines of each, in the order of the workers
   */
  public static List<MetricsLine> lines(List<List<MetricsLine>> workers) {
    var lines = new ArrayList<MetricsLine>();
    workers.stream().flatMap(List::stream).filter(line -> line.loss() == null).forEach(lines::add);
    workers.stream()
        .flatMap(List::stream)
        .filter(line -> line.loss() != null)
        .collect(Collectors.groupingBy(MetricsLine::step, TreeMap::new, Collectors.toList()))
        .values()
        .forEach(ofStep -> lines.add(merged(ofStep)));
    lines.sort(Comparator.comparingLong(MetricsLine::step)); // Stable.
    return List.copyOf(lines);
  }

  private static MetricsLine merged(List<MetricsLine> workers) {
    MetricsLine first = workers.get(0);
    return new MetricsLine(
        workers.stream().map(MetricsLine::time).max(Comparator.naturalOrder()).orElseThrow(),
        first.stage(),
        first.module(),
        first.epoch(),
        first.step(),
        first.steps(),
        workers.stream().mapToDouble(WorkersMetrics::loss).sum() / workers.size(),
        first.rate(),
        workers.stream().mapToDouble(MetricsLine::imagesPerSecond).sum(),
        workers.stream().mapToDouble(MetricsLine::dataWait).max().orElseThrow(),
        null,
        workers.stream().mapToLong(MetricsLine::processBytes).max().orElseThrow(),
        null);
  }

  private static double loss(MetricsLine line) {
    Double loss = line.loss();
    return loss == null ? 0 : loss;
  }

  /**
   * The counters of the whole training after a round: the means of the workers', but for the
   * seconds, to which the slowest worker adds its own.
   *
   * @param whole before the round; empty before the first
   * @param before the workers' before the round; empty before the first
   * @param after the workers' after it
   */
  public static Map<String, Double> counters(
      Map<String, Double> whole,
      List<Map<String, Double>> before,
      List<Map<String, Double>> after) {
    var counters = new TreeMap<String, Double>();
    after.forEach(
        worker -> worker.forEach((name, value) -> counters.merge(name, value, Double::sum)));
    counters.replaceAll((name, sum) -> sum / after.size());
    double slowest = 0;
    for (int i = 0; i < after.size(); i++) {
      double begun = before.isEmpty() ? 0 : IntervalClock.seconds(before.get(i));
      slowest = Math.max(slowest, IntervalClock.seconds(after.get(i)) - begun);
    }
    counters.put(IntervalClock.SECONDS, whole.getOrDefault(IntervalClock.SECONDS, 0.0) + slowest);
    return counters;
  }
}
