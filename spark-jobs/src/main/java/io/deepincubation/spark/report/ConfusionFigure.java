package io.deepincubation.spark.report;

import io.deepincubation.core.text.Quantities;
import io.deepincubation.core.training.ConfusionMatrix;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/** A confusion matrix: a row for each class, a column for what its images were taken for. */
final class ConfusionFigure {

  private static final int SIDE = 480;

  /** Room for class names, which are drawn where there are few. */
  private static final int NAMES = 96;

  private static final int MOST_NAMED = 24;
  private static final int MOST_COUNTED = 12;

  private final List<String> classNames;
  private final ConfusionMatrix confusion;
  private final long[][] counts;

  ConfusionFigure(List<String> classNames, ConfusionMatrix confusion) {
    counts = confusion.counts();
    if (counts.length != classNames.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot draw a confusion matrix: expected a row for each of %d classes, got %d",
              classNames.size(),
              counts.length));
    }
    this.classNames = classNames;
    this.confusion = confusion;
  }

  String html() {
    int classes = counts.length;
    int names = classes <= MOST_NAMED ? NAMES : 0;
    double cell = (double) SIDE / classes;
    var html =
        new StringBuilder(
            Html.format(
                "<p>Rows: the class. Columns: what its images were taken for. Right on the"
                    + " diagonal: %s.</p><svg class=\"confusion\" viewBox=\"0 0 %d %d\""
                    + " role=\"img\" aria-label=\"confusion matrix\">"
                    + "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\""
                    + " class=\"grid\"/><path class=\"grid\" d=\"M%d %dl%d %d\"/>",
                rightly(),
                SIDE + names + 2,
                SIDE + names + 2,
                names,
                names,
                SIDE,
                SIDE,
                names,
                names,
                SIDE,
                SIDE));
    for (int actual = 0; actual < classes; actual++) {
      if (names > 0) {
        html.append(name(actual, cell));
      }
      long ofClass = LongStream.of(counts[actual]).sum();
      for (int predicted = 0; predicted < classes; predicted++) {
        if (counts[actual][predicted] > 0) {
          html.append(cell(actual, predicted, cell, names, ofClass));
        }
      }
    }
    return html.append("</svg>").toString();
  }

  private String rightly() {
    double share = confusion.accuracy();
    return Quantities.percent(share) + " of " + Quantities.count(confusion.images());
  }

  private String name(int index, double cell) {
    double middle = NAMES + (index + 0.5) * cell;
    String name = Html.escaped(classNames.get(index));
    return Html.format(
        "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>"
            + "<text transform=\"translate(%.1f %d) rotate(-45)\">%s</text>",
        NAMES - 6, middle + 4, name, middle, NAMES - 6, name);
  }

  private String cell(int actual, int predicted, double cell, int names, long ofClass) {
    double share = (double) counts[actual][predicted] / ofClass;
    String title =
        Html.escaped(
            Html.format(
                "%s taken for %s: %,d",
                classNames.get(actual), classNames.get(predicted), counts[actual][predicted]));
    double x = names + predicted * cell;
    double y = names + actual * cell;
    String rectangle =
        Html.format(
            "<rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\""
                + " fill-opacity=\"%.3f\"><title>%s</title></rect>",
            actual == predicted ? "right" : "seen", x, y, cell, cell, 0.1 + 0.9 * share, title);
    return counts.length > MOST_COUNTED
        ? rectangle
        : rectangle
            + Html.format(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" style=\"fill:%s\">%,d</text>",
                x + cell / 2,
                y + cell / 2 + 4,
                share > 0.5 ? "var(--card)" : "var(--ink)",
                counts[actual][predicted]);
  }
}
