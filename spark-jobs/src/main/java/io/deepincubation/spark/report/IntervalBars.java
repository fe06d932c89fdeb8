package io.deepincubation.spark.report;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Rows of a name, a track and a number, with one scale below. */
final class IntervalBars {

  private IntervalBars() {}

  /**
   * Rows with their scale.
   *
   * @param track that they lie on
   * @param rows made by {@link #row}
   * @param unit of the scale
   */
  static String html(IntervalTrack track, Stream<String> rows, String unit) {
    return rows.collect(Collectors.joining("\n", "<div class=\"bars\">\n", "\n"))
        + row("row unit", unit, track.scale(), "")
        + "\n</div>";
  }

  /** A row; the track is HTML. */
  static String row(String name, String track, String number) {
    return row("row", name, track, number);
  }

  private static String row(String kind, String name, String track, String number) {
    return "<div class=\""
        + kind
        + "\"><span>"
        + Html.escaped(name)
        + "</span>"
        + track
        + "<b>"
        + Html.escaped(number)
        + "</b></div>";
  }
}
