package io.deepincubation.spark.report;

import io.deepincubation.core.comparison.Comparison;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A comparison as one HTML file: what may be said of it, its table, its figure after the paper's,
 * the differences with their intervals, curves over cost (Fig. 5), gains of hybrid networks (Fig.
 * 9), and every training. It loads nothing from anywhere and needs no script.
 */
public final class ComparisonPage {

  private ComparisonPage() {}

  /**
   * A page.
   *
   * @param comparison what came of it, trainings that failed or are not done included
   * @return the HTML, to be stored as UTF-8
   */
  public static String html(Comparison comparison) {
    return Template.filled(
        "comparison.html",
        Map.ofEntries(
            Map.entry("kicker", Html.escaped(kicker(comparison.figure()))),
            Map.entry("title", Html.escaped(comparison.title())),
            Map.entry("summary", Html.escaped(new ComparisonSummary(comparison).text())),
            Map.entry("about", Html.facts(new ComparisonFacts(comparison).facts())),
            Map.entry("ways", new ComparisonTable(comparison).html()),
            Map.entry("figure", new ComparisonFigure(comparison).html()),
            Map.entry("pairs", new ComparisonPairs(comparison).html()),
            Map.entry("curves", new ComparisonCurves(comparison).html()),
            Map.entry("gains", new ComparisonGains(comparison.rows()).html()),
            Map.entry("trainings", new ComparisonTrainings(comparison).html()),
            Map.entry("versions", Html.escaped(versions(comparison.versions())))));
  }

  private static String kicker(String figure) {
    return "Deep Incubation on Spark" + (figure.isEmpty() ? "" : ", after the paper's " + figure);
  }

  private static String versions(Map<String, String> versions) {
    return new TreeMap<>(versions)
        .entrySet().stream()
            .map(version -> version.getKey() + " " + version.getValue())
            .collect(Collectors.joining(", ", versions.isEmpty() ? "" : "Trained by ", ""));
  }
}
