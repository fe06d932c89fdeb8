package io.deepincubation.spark.cli;

import io.deepincubation.core.data.set.SplitSize;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.text.Quantities;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Results in words and columns. */
final class Results {

  private Results() {}

  /** One line a stage. */
  static List<String> table(List<StageResult> results) {
    var rows = new ArrayList<List<String>>();
    rows.add(
        List.of(
            "stage", Metrics.title(StageResult.primary(results)), "images", "training", "seconds"));
    for (StageResult result : results) {
      rows.add(
          List.of(
              result.stage(),
              result.measuredAccuracy().map(Quantities::percent).orElse("-"),
              Quantities.count(result.images()),
              Quantities.flops(result.trainingFlops()),
              String.format(Locale.ROOT, "%.1f", result.seconds())));
    }
    return columns(rows);
  }

  /** Whether answers tell a measure as accuracy, too: that of whole images. */
  static boolean isAccuracy(String measure) {
    return measure.equals(Metrics.TOP1) || measure.equals(Metrics.MAP);
  }

  /** What training images take on a node, as a sentence. */
  static String onANode(SplitSize size) {
    return String.format(
        Locale.ROOT,
        "A node that trains reads %s of files, keeps at most %s decoded on its disk and %s in a"
            + " task's memory",
        Quantities.bytes(size.fileBytes()),
        Quantities.bytes(size.decodedBytes()),
        Quantities.bytes(size.memoryBytes()));
  }

  /** Cells in columns as wide as they need, the first flush left, the others flush right. */
  static List<String> columns(List<List<String>> rows) {
    int[] widths = widths(rows);
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  /** Cells in columns as wide as they need, all flush left, the last as long as it is. */
  static List<String> textColumns(List<List<String>> rows) {
    int[] widths = widths(rows);
    return rows.stream()
        .map(
            row ->
                IntStream.range(0, row.size())
                    .mapToObj(i -> row.get(i) + " ".repeat(widths[i] - row.get(i).length()))
                    .collect(Collectors.joining("   "))
                    .stripTrailing())
        .toList();
  }

  private static int[] widths(List<List<String>> rows) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return widths;
  }

  private static String line(List<String> row, int[] widths) {
    var line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String gap = " ".repeat(widths[i] - row.get(i).length());
      line.append(i == 0 ? row.get(i) + gap : "   " + gap + row.get(i));
    }
    return line.toString();
  }
}
