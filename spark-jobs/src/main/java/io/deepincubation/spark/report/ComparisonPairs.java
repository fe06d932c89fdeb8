package io.deepincubation.spark.report;

import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.comparison.Comparison.Pair;
import io.deepincubation.core.comparison.Comparison.Trend;
import io.deepincubation.core.comparison.Comparison.Verdict;
import io.deepincubation.core.statistics.Estimate;
import java.util.stream.Collectors;

/** The differences of rows with their intervals, and how they change along the axis. */
final class ComparisonPairs {

  private final Comparison comparison;
  private final ComparisonLines lines;
  private final IntervalTrack track;

  ComparisonPairs(Comparison comparison) {
    this.comparison = comparison;
    lines = new ComparisonLines(comparison);
    track = IntervalTrack.of(comparison.pairs().stream().map(Pair::difference).toList());
  }

  /** A section, or nothing where nothing is compared. */
  String html() {
    return comparison.pairs().isEmpty() && comparison.trends().isEmpty()
        ? ""
        : "<h2>Differences</h2>\n" + pairs() + trends();
  }

  private String pairs() {
    return comparison.pairs().isEmpty()
        ? ""
        : Html.table("pairs", head(), comparison.pairs().stream().map(this::row))
            + "\n"
            + Html.note(note());
  }

  private String note() {
    return comparison.measureHeading()
        + " of the first minus that of the second in percentage points, paired by seed"
        + (isPairedByImage() ? " and image" : "")
        + ", with half of the 95 % interval's width. p is the probability of a difference"
        + " this large by chance"
        + (comparison.pairs().size() == 1
            ? ""
            : ", after Holm's correction over all " + comparison.pairs().size() + " differences")
        + "; one is clear where p is below 0.05."
        + (comparison.pairs().stream().anyMatch(pair -> pair.difference().seeds() == 1)
            ? " With one seed, intervals know only the chance of the images, not that of the seeds."
            : "");
  }

  private boolean isPairedByImage() {
    return comparison.isOfImages()
        || comparison.pairs().stream().anyMatch(pair -> pair.difference().imageError() > 0);
  }

  private String head() {
    return Html.headerCell("First against second")
        + Html.numberHeaderCell("Difference")
        + "<th class=\"forest\">"
        + track.scale()
        + "</th>"
        + Html.numberHeaderCell("p")
        + Html.headerCell("The first is");
  }

  private String row(Pair pair) {
    Estimate difference = pair.difference();
    return Html.nameCell(label(pair.row()) + " against " + label(pair.other()))
        + Html.numberCell(Estimates.points(difference))
        + "<td class=\"forest\">"
        + track.point(difference, kind(pair.verdict()))
        + "</td>"
        + Html.numberCell(Estimates.probability(pair.adjusted()))
        + Html.cell(words(pair.verdict()) + Estimates.oneSeed(difference));
  }

  private String label(int row) {
    return comparison.rows().get(row).label();
  }

  private static String kind(Verdict verdict) {
    return switch (verdict) {
      case BETTER -> "win";
      case WORSE -> "loss";
      case UNCLEAR -> "unclear";
    };
  }

  private static String words(Verdict verdict) {
    return switch (verdict) {
      case BETTER -> "better";
      case WORSE -> "worse";
      case UNCLEAR -> "not clearly different";
    };
  }

  private String trends() {
    return comparison.trends().stream()
        .map(trend -> "<p>" + Html.escaped(sentence(trend)) + "</p>\n")
        .collect(Collectors.joining());
  }

  private String sentence(Trend trend) {
    return Html.format(
        "From %s, the difference of %s from %s %s (%s points%s).",
        lines.at(Axis.plain(trend.from()) + " to " + Axis.plain(trend.to())),
        trend.method(),
        trend.other(),
        change(trend.change()),
        Estimates.points(trend.change()),
        Estimates.oneSeed(trend.change()));
  }

  /** A change is clear where its interval leaves out 0. */
  private static String change(Estimate change) {
    if (change.low() > 0) {
      return "rises";
    }
    return change.high() < 0 ? "falls" : "does not clearly change";
  }
}
