package io.deepincubation.spark.report;

import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.run.TaskAttempt;
import io.deepincubation.core.text.Quantities;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A run's report as one HTML file: results, curves, a timeline of tasks, hybrid gains (Fig. 9),
 * cost and recipe. It loads nothing from anywhere and needs no script.
 */
public final class HtmlReport {

  private final ReportFacts facts;
  private final List<StageResult> results;
  private final List<TaskAttempt> attempts;
  private final Map<String, List<MetricsLine>> metrics;
  private final Timeline timeline;

  private HtmlReport(
      ReportFacts facts,
      List<StageResult> results,
      List<TaskAttempt> attempts,
      Map<String, List<MetricsLine>> metrics) {
    this.facts = facts;
    this.results = results;
    this.attempts = attempts;
    this.metrics = metrics;
    timeline = new Timeline(results, attempts, metrics);
  }

  /**
   * Writes a report.
   *
   * @param facts what was run, on what
   * @param results the committed stages in the order in which the report shows them; baselines are
   *     named {@code baselines/METHOD}
   * @param attempts all attempts at stages, in the order of their starts
   * @param metrics the lines of each stage's {@code metrics.jsonl}, by stage
   * @param out takes the HTML, to be stored as UTF-8
   */
  public static void write(
      ReportFacts facts,
      List<StageResult> results,
      List<TaskAttempt> attempts,
      Map<String, List<MetricsLine>> metrics,
      Appendable out) {
    String html =
        new HtmlReport(facts, List.copyOf(results), List.copyOf(attempts), metrics).html();
    try {
      out.append(html);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the report of " + facts.title(), e);
    }
  }

  private String html() {
    Map<String, String> parts =
        Map.ofEntries(
            Map.entry("title", Html.escaped(facts.title())),
            Map.entry("summary", Html.escaped(new Summary(results, facts).text())),
            Map.entry("methods", methods()),
            Map.entry("stages", stages()),
            Map.entry("primary", Html.escaped(primary())),
            Map.entry("measures", new MeasuresTable(results).html()),
            Map.entry("classes", new ClassTable(results, facts).html()),
            Map.entry("precision", new PrecisionCurves(results).html()),
            Map.entry("scenes", new ScenePictures(facts, results).html()),
            Map.entry("gains", gains()),
            Map.entry("timeline", new TimelineFigure(timeline, attempts).html()),
            Map.entry("cost", cost()),
            Map.entry("environment", Html.facts(facts.environment())),
            Map.entry("versions", Html.facts(facts.versions())),
            Map.entry("recipe", Html.escaped(facts.recipeYaml())),
            Map.entry("curves", Curves.html(metrics)));
    return Template.filled("report.html", parts);
  }

  /** The measure that results are told by. */
  private String primary() {
    String primary = StageResult.primary(results);
    return primary.equals(Metrics.TOP1) ? "Top-1" : Metrics.title(primary);
  }

  /** A part of the page with its heading; empty of dense tasks, which have no hybrid networks. */
  private String gains() {
    return facts.scenes().isEmpty()
        ? "<h2>Gain of each module in its hybrid network</h2>\n" + new HybridGains(results).html()
        : "";
  }

  private String methods() {
    return MethodTotal.of(results, facts.methods()).stream()
        .map(
            total ->
                "<tr>"
                    + Html.cell(total.method())
                    + Html.numberCell(Html.percent(total.accuracy()))
                    + Html.numberCell(Quantities.count(total.images()))
                    + Html.numberCell(Quantities.flops(total.trainingFlops()))
                    + Html.numberCell(Quantities.duration(total.seconds()))
                    + "</tr>")
        .collect(Collectors.joining("\n"));
  }

  private String stages() {
    return results.stream()
        .map(
            result ->
                "<tr>"
                    + Html.cell(result.stage())
                    + Html.numberCell(Html.percent(result.measuredAccuracy()))
                    + Html.numberCell(loss(result))
                    + Html.numberCell(Quantities.count(result.images()))
                    + Html.numberCell(Integer.toString(result.epochs()))
                    + Html.numberCell(Quantities.flops(result.trainingFlops()))
                    + Html.numberCell(Quantities.duration(result.seconds()))
                    + Html.cell(result.device())
                    + Html.numberCell(Html.bytes(result.memory().nativeBytes()))
                    + Html.numberCell(Html.bytes(result.memory().heapBytes()))
                    + "</tr>")
        .collect(Collectors.joining("\n"));
  }

  private static String loss(StageResult result) {
    return Optional.ofNullable(result.loss()).map(loss -> Html.format("%.3f", loss)).orElse("–");
  }

  private String cost() {
    double taskSeconds = results.stream().mapToDouble(StageResult::seconds).sum();
    double flops = results.stream().mapToDouble(StageResult::trainingFlops).sum();
    SortedMap<String, String> cost = new TreeMap<>();
    cost.put("Wall clock", Quantities.duration(timeline.length().toMillis() / 1000.0));
    cost.put("Time of all tasks", Quantities.duration(taskSeconds));
    cost.put("Training compute", Quantities.flops(flops));
    cost.put(
        "Mean speed of a task",
        Quantities.flops(taskSeconds == 0 ? 0 : flops / taskSeconds) + "/s");
    cost.put(
        "Hosts",
        results.stream()
            .map(StageResult::host)
            .distinct()
            .sorted()
            .collect(Collectors.joining(", ")));
    cost.put(
        "Threads of a task",
        results.stream()
            .map(StageResult::threads)
            .distinct()
            .sorted()
            .map(String::valueOf)
            .collect(Collectors.joining(", ")));
    return Html.facts(cost);
  }
}
