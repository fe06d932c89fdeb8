package io.deepincubation.spark.report;

import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.comparison.Comparison.Pair;
import io.deepincubation.core.comparison.Comparison.Row;
import io.deepincubation.core.comparison.Comparison.Verdict;
import io.deepincubation.core.statistics.Estimate;
import io.deepincubation.core.text.Quantities;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** What may be said of a comparison, in a sentence or two. */
final class ComparisonSummary {

  private static final int MOST_SENTENCES = 3;
  private static final int MOST_NAMED = 7;

  private final Comparison comparison;
  private final ComparisonLines lines;

  ComparisonSummary(Comparison comparison) {
    this.comparison = comparison;
    lines = new ComparisonLines(comparison);
  }

  String text() {
    List<Row> measured = comparison.rows().stream().filter(row -> row.top1() != null).toList();
    if (measured.isEmpty()) {
      return "No training has come to its end.";
    }
    if (comparison.pairs().isEmpty()) {
      return measured.stream()
              .limit(MOST_SENTENCES)
              .map(this::reached)
              .collect(Collectors.joining(" "))
          + rest(measured.size() - MOST_SENTENCES, "way to train", "ways to train");
    }
    return lines.isOrdered() && comparison.pairs().stream().allMatch(this::isAtOneNumber)
        ? alongAxis()
        : ofFirstRow();
  }

  private String reached(Row row) {
    Estimate top1 = Objects.requireNonNull(row.top1());
    return Html.format(
        "%s reached %s %s (±%s%s).",
        row.label(),
        Quantities.percent(top1.mean()),
        comparison.measureTitle(),
        Estimates.size(top1.margin()),
        Estimates.oneSeed(top1));
  }

  private static String rest(int number, String one, String several) {
    return number <= 0 ? "" : " " + number + " more " + (number == 1 ? one : several) + " below.";
  }

  private Row row(int index) {
    return comparison.rows().get(index);
  }

  /** One pair, for example {@code A is 2.9 points better than B (±1.1).} */
  private String only(Pair pair) {
    String first = row(pair.row()).label();
    String second = row(pair.other()).label();
    Estimate difference = pair.difference();
    return pair.verdict() == Verdict.UNCLEAR
        ? Html.format(
            "No clear difference between %s and %s (%s points%s).",
            first, second, Estimates.points(difference), Estimates.oneSeed(difference))
        : Html.format(
            "%s is %s points %s than %s (±%s%s).",
            first,
            Estimates.size(difference.mean()),
            word(pair.verdict()),
            second,
            Estimates.size(difference.margin()),
            Estimates.oneSeed(difference));
  }

  private static String word(Verdict verdict) {
    return switch (verdict) {
      case BETTER -> "better";
      case WORSE -> "worse";
      case UNCLEAR -> "not clearly different";
    };
  }

  private String ofFirstRow() {
    int first = comparison.pairs().get(0).row();
    List<Pair> pairs = comparison.pairs().stream().filter(pair -> pair.row() == first).toList();
    String sentence = pairs.size() == 1 ? only(pairs.get(0)) : together(first, pairs);
    return sentence + rest(comparison.pairs().size() - pairs.size(), "difference", "differences");
  }

  /** For example {@code A is better than B (+2.9 ±1.1 points) and C (...); worse than D (...).} */
  private String together(int first, List<Pair> pairs) {
    Map<Verdict, List<String>> rivals = new LinkedHashMap<>();
    pairs.forEach(
        pair ->
            rivals
                .computeIfAbsent(pair.verdict(), verdict -> new ArrayList<>())
                .add(rival(pair, pair.equals(pairs.get(0)) ? " points" : "")));
    return row(first).label()
        + " is "
        + rivals.entrySet().stream()
            .map(entry -> clause(entry.getKey(), named(pairs.size(), entry.getValue())))
            .collect(Collectors.joining("; "))
        + Estimates.oneSeed(pairs.get(0).difference())
        + ".";
  }

  /** Rivals by name, where there are few. */
  private static String named(int all, List<String> rivals) {
    return all <= MOST_NAMED ? listed(rivals) : rivals.size() + " of " + all + " others";
  }

  private String rival(Pair pair, String unit) {
    return row(pair.other()).label() + " (" + Estimates.points(pair.difference()) + unit + ")";
  }

  private static String clause(Verdict verdict, String others) {
    return word(verdict) + (verdict == Verdict.UNCLEAR ? " from " : " than ") + others;
  }

  static String listed(List<String> names) {
    int last = names.size() - 1;
    return last == 0
        ? names.get(0)
        : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
  }

  private boolean isAtOneNumber(Pair pair) {
    Double x = row(pair.row()).x();
    return x != null && x.equals(row(pair.other()).x());
  }

  private String alongAxis() {
    Map<String, List<Pair>> byLines = new LinkedHashMap<>();
    comparison
        .pairs()
        .forEach(
            pair -> byLines.computeIfAbsent(lineNames(pair), names -> new ArrayList<>()).add(pair));
    return byLines.values().stream()
            .limit(MOST_SENTENCES)
            .map(this::alongLine)
            .collect(Collectors.joining(" "))
        + rest(byLines.size() - MOST_SENTENCES, "pair of lines", "pairs of lines");
  }

  private String lineNames(Pair pair) {
    return lines.name(row(pair.row())) + " and " + lines.name(row(pair.other()));
  }

  /** For example {@code A is better than B at model.depth 16 and 24; not clearly ... at 8.} */
  private String alongLine(List<Pair> pairs) {
    Map<Verdict, List<String>> at = new LinkedHashMap<>();
    pairs.forEach(
        pair ->
            at.computeIfAbsent(pair.verdict(), verdict -> new ArrayList<>())
                .add(Axis.plain(Objects.requireNonNull(row(pair.row()).x()))));
    Pair first = pairs.get(0);
    String other = lines.name(row(first.other()));
    return lines.name(row(first.row()))
        + " is "
        + at.entrySet().stream()
            .map(
                entry ->
                    clause(entry.getKey(), other) + " at " + lines.at(listed(entry.getValue())))
            .collect(Collectors.joining("; "))
        + Estimates.oneSeed(first.difference())
        + ".";
  }
}
