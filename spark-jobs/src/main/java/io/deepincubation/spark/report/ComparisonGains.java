package io.deepincubation.spark.report;

import io.deepincubation.core.comparison.Comparison.Row;
import io.deepincubation.core.statistics.Estimate;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What the hybrid networks of each row are better than its meta model (Fig. 9). */
final class ComparisonGains {

  private final List<Row> rows;
  private final IntervalTrack track;

  ComparisonGains(List<Row> all) {
    rows = all.stream().filter(row -> !row.gains().isEmpty()).toList();
    track = IntervalTrack.of(rows.stream().flatMap(row -> row.gains().stream()).toList());
  }

  /** A section, or nothing where no module was trained alone. */
  String html() {
    return rows.isEmpty()
        ? ""
        : "<h2>Gains of hybrid networks</h2>\n"
            + rows.stream()
                .map(this::group)
                .collect(Collectors.joining("\n", "<div class=\"plots\">\n", "\n</div>\n"))
            + Html.note(
                "Top-1 of the meta model with one trained module in place of its own, minus that of"
                    + " the meta model, in percentage points with 95 % intervals, before any"
                    + " fine-tuning. Modules are counted from 0.");
  }

  private String group(Row row) {
    Stream<String> bars =
        IntStream.range(0, row.gains().size()).mapToObj(i -> bar(i, row.gains().get(i)));
    return "<div class=\"plot\"><h3>"
        + Html.escaped(row.label())
        + "</h3>"
        + IntervalBars.html(track, bars, "points")
        + "</div>";
  }

  private String bar(int moduleIndex, Estimate gain) {
    return IntervalBars.row(
        "module " + moduleIndex,
        track.bar(gain, gain.mean() < 0 ? "loss" : "win"),
        Estimates.points(gain));
  }
}
