package io.deepincubation.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.training.ConfusionMatrix;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RunFiguresTest {

  private static MetricsLine line(String stage, long step, @Nullable Double loss) {
    return new MetricsLine(
        "2026-01-01T00:00:00Z", stage, null, 0, step, 9, loss, 0.1, 100, 0, null, 0, null);
  }

  private static String curves(Map<String, List<MetricsLine>> metrics) {
    return new RunFigures(List.of(), List.of(), metrics).curves();
  }

  @Test
  void needsNoScriptAndLoadsNothing() {
    String html = curves(Map.of("meta", List.of(line("meta", 1, 2.0), line("meta", 2, 1.0))));

    assertThat(html)
        .startsWith("<div class=\"figures alone\"><style>")
        .endsWith("</div>")
        .doesNotContain("<script", "src=", "url(", "@import", "http", "\n\n");
  }

  @Test
  void aCurveGoesFromItsFirstStepToItsLast() {
    String html =
        curves(
            Map.of(
                "meta",
                IntStream.rangeClosed(0, 10)
                    .mapToObj(i -> line("meta", i * 10L, 3.0 - i * 0.2))
                    .toList()));

    List<String> points =
        Pattern.compile("points=\"([^\"]*)\"")
            .matcher(html)
            .results()
            .map((MatchResult match) -> match.group(1))
            .toList();
    assertThat(points).hasSize(1);
    assertThat(points.get(0)).startsWith("44.0,8.0 ").endsWith("448.0,206.0");
    assertThat(html).contains(">3.0</text>", ">1.0</text>", ">100</text>", "</i>meta 1.00</span>");
  }

  @Test
  void oneMeasurementIsAPoint() {
    assertThat(curves(Map.of("final", List.of(line("final", 6, 2.5)))))
        .contains("<circle")
        .doesNotContain("<polyline", "NaN", "Infinity");
  }

  @Test
  void saysThatThereIsNothingYet() {
    assertThat(curves(Map.of())).contains("No metrics were kept.");
  }

  @Test
  void confusionTellsCountsByName() {
    String html =
        RunFigures.confusion(
            List.of("cat", "<dog>"), new ConfusionMatrix(new long[][] {{3, 1}, {0, 2}}));

    assertThat(html)
        .contains("83.3 % of 6")
        .contains("<title>cat taken for cat: 3</title>")
        .contains("<title>cat taken for &lt;dog&gt;: 1</title>")
        .doesNotContain("&lt;dog&gt; taken for cat", "<dog>");
  }

  @Test
  void rejectsOtherNumbersOfClasses() {
    assertThatThrownBy(
            () -> RunFigures.confusion(List.of("cat"), new ConfusionMatrix(new long[2][2])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a row for each of 1 classes, got 2");
  }
}
