package io.deepincubation.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.comparison.Comparison.Pair;
import io.deepincubation.core.comparison.Comparison.Row;
import io.deepincubation.core.comparison.Comparison.Verdict;
import io.deepincubation.core.statistics.Estimate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ComparisonPageTest {

  private static final Pattern SVG =
      Pattern.compile("<svg viewBox=\"0 0 (\\d+) (\\d+)\".*?</svg>", Pattern.DOTALL);
  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

  static Stream<Comparison> comparisons() {
    return Stream.of(
        ComparisonSamples.table(),
        ComparisonSamples.depths(),
        ComparisonSamples.costs(ratio(), 3),
        ComparisonSamples.costs(null, 0),
        twenty(),
        levels(),
        empty(),
        unordered(List.of(oneSeed("Deep Incubation", 0.7)), List.of()));
  }

  private static Estimate ratio() {
    return Estimate.ofSeeds(new double[] {2.0, 2.1, 2.3});
  }

  private static Row oneSeed(String label, double top1) {
    return ComparisonSamples.row(label, top1, null, null, 1);
  }

  private static Comparison unordered(List<Row> rows, List<Pair> pairs) {
    return ComparisonSamples.comparison("A few", "", "", rows, pairs, List.of(), List.of());
  }

  private static Comparison empty() {
    return unordered(
        List.of(
            ComparisonSamples.row("Deep Incubation", 0.3, null, null, 0),
            withoutResult(ComparisonSamples.withFailure(oneSeed("Deep Incubation", 0.3)))),
        List.of());
  }

  private static Row withoutResult(Row row) {
    return new Row(
        row.label(),
        row.method(),
        row.methodTitle(),
        row.values(),
        null,
        row.parameters(),
        null,
        row.cells(),
        null,
        Map.of(),
        List.of());
  }

  private static Comparison twenty() {
    List<Row> rows =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    oneSeed(
                        "Deep Incubation with a label that goes on and on,"
                            + " incubation.stochastic-depth 0.1, model.depth "
                            + i,
                        0.5 + 0.01 * i))
            .toList();
    List<Pair> pairs =
        IntStream.range(0, 190)
            .mapToObj(i -> ComparisonSamples.pair(rows, i % 20, (i + 1 + i / 20) % 20))
            .toList();
    return unordered(rows, pairs);
  }

  /** Two methods over epochs, twelve lines of other values, and a row that does not go by them. */
  private static Comparison levels() {
    List<Row> rows =
        Stream.concat(
                IntStream.range(0, 12)
                    .boxed()
                    .flatMap(i -> Stream.of(1.0, 3.0, 40.0).map(x -> tuned(i, x))),
                Stream.of(oneSeed("End-to-end", 0.52)))
            .toList();
    return ComparisonSamples.comparison(
        "Tuning", "Fig. 10", "fine-tuning.epochs", rows, List.of(), List.of(), List.of());
  }

  private static Row tuned(int factor, double epochs) {
    Row row =
        ComparisonSamples.row(
            "Deep Incubation", 0.5 + 0.01 * factor + epochs / 1000, null, epochs, 1);
    return new Row(
        row.label() + " " + factor + " " + epochs,
        row.method(),
        row.methodTitle(),
        Map.of("fine-tuning.rate-factor", factor + "", "fine-tuning.epochs", epochs + ""),
        epochs,
        row.parameters(),
        null,
        row.cells(),
        row.top1(),
        row.measures(),
        row.gains());
  }

  @ParameterizedTest
  @MethodSource("comparisons")
  void isSelfContained(Comparison comparison) {
    assertThat(ComparisonPage.html(comparison))
        .startsWith("<!doctype html>")
        .doesNotContain("<script", "src=", "<link", "@import", "url(", "http", "{{", "href=")
        .doesNotContain("NaN", "Infinity", "null");
  }

  @ParameterizedTest
  @MethodSource("comparisons")
  void drawsInsideItsPictures(Comparison comparison) {
    SVG.matcher(ComparisonPage.html(comparison))
        .results()
        .forEach(
            svg -> {
              double width = Double.parseDouble(svg.group(1));
              double height = Double.parseDouble(svg.group(2));
              assertThat(numbers(svg.group(), " c?x=\"([^\"]*)\"")).allMatch(x -> in(x, width));
              assertThat(numbers(svg.group(), " c?y=\"([^\"]*)\"")).allMatch(y -> in(y, height));
              assertThat(numbers(svg.group(), "(?: d|points)=\"([^\"]*)\""))
                  .allMatch(number -> in(number, Math.max(width, height)));
              assertThat(numbers(svg.group(), "V([0-9.-]*)")).allMatch(y -> in(y, height));
              assertThat(numbers(svg.group(), ",([0-9.-]*)")).allMatch(y -> in(y, height));
            });
  }

  private static boolean in(double number, double most) {
    return number >= 0 && number <= most;
  }

  private static List<Double> numbers(String html, String attribute) {
    return Pattern.compile(attribute)
        .matcher(html)
        .results()
        .flatMap((MatchResult match) -> NUMBER.matcher(match.group(1)).results())
        .map(number -> Double.valueOf(number.group()))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("comparisons")
  void barsLieOnTheirTracks(Comparison comparison) {
    String html = ComparisonPage.html(comparison);
    assertThat(numbers(html, "--from:([0-9.-]*)%")).allMatch(from -> in(from, 100));
    assertThat(numbers(html, "--length:([0-9.-]*)%")).allMatch(length -> in(length, 100));
  }

  @Test
  void saysWhatStandsInTheTable() {
    Comparison table = ComparisonSamples.table();
    Estimate top1 = Objects.requireNonNull(table.rows().get(0).top1());
    assertThat(ComparisonPage.html(table))
        .contains("Deep Incubation on Spark, after the paper&#39;s Tab. 2")
        .contains("<h1>Six rivals on CIFAR-100</h1>")
        .contains(
            Html.format(
                "<tr><td class=\"name\"><span>Deep Incubation</span></td><td class=\"number\">%.1f"
                    + " %% ±%.1f</td>",
                100 * top1.mean(), 100 * top1.margin()))
        .contains("<td class=\"number\">138 TFLOP</td><td class=\"number\">142 TFLOP</td>")
        .contains("<td class=\"number\">2,712,484</td><td class=\"number\">3</td>")
        .contains("<td class=\"number\">2 of 3</td>")
        .contains(
            "<li>Deep Incubation, tunable meta model, seed 3: modules/2: Cannot allocate 1.2 GiB on"
                + " &lt;gpu 0&gt; after 3 attempts</li>")
        .contains("epochs were chosen so that a training computes 138 TFLOP (in fact −0.4 % to")
        .contains("<dt>Seeds</dt><dd>3 seeds: 1, 2, 3</dd>")
        .contains("10,000 to train on, 10,000 to measure on")
        .contains("Trained by java 17.0.12, libtorch 2.5.1, spark 3.5.9");
  }

  @Test
  void tellsWhatElseTheModelsWereMeasuredBy() {
    assertThat(ComparisonPage.html(ComparisonSamples.table()))
        .contains("<h3>Other measures</h3>")
        .contains("<th class=\"number\">log loss</th>")
        .containsPattern(
            "<span>End-to-end</span></td><td class=\"number\">2\\.980 ±0\\.0[0-9]+</td>");
  }

  @Test
  void namesTheMeasureOfTheTask() {
    assertThat(
            List.of(
                ComparisonSamples.table(),
                ComparisonSamples.depths(),
                ComparisonSamples.costs(null, 0)))
        .extracting(comparison -> ComparisonPage.html(measuredBy("miou", comparison)))
        .allSatisfy(html -> assertThat(html).contains("<h2>mIoU").doesNotContain("<h2>Top-1"));
  }

  private static Comparison measuredBy(String measure, Comparison of) {
    return new Comparison(
        of.formatVersion(),
        of.title(),
        of.figure(),
        of.recipe(),
        of.dataUri(),
        of.dataDigest(),
        of.trainImages(),
        of.testImages(),
        of.axis(),
        of.rows(),
        of.pairs(),
        of.trends(),
        of.costRatios(),
        of.versions(),
        measure);
  }

  @Test
  void foldsAwayEveryTraining() {
    assertThat(ComparisonPage.html(ComparisonSamples.table()))
        .contains("<summary>21 trainings, 20 done</summary>")
        .contains("<td>meta 45, modules 4 × 22, final 14</td>")
        .contains("<td>baselines/e2e 49</td>")
        .contains("<td class=\"number\">failed</td><td>meta 45, modules 22</td>")
        .contains("<td>runs/End-to-end/seed-2</td>");
  }

  private static Pair pair(double mean, @Nullable Double spread, Verdict verdict, double p) {
    var difference =
        new Estimate(mean, spread == null ? 1 : 3, spread, 0, 0.005, 0.005, null, 0.0108, p);
    return new Pair(0, 1, difference, p, verdict);
  }

  private static String ofTwo(Pair pair) {
    return ComparisonPage.html(
        unordered(List.of(oneSeed("Ours", 0.3), oneSeed("A <b>rival</b>", 0.27)), List.of(pair)));
  }

  @Test
  void saysWhichIsBetter() {
    assertThat(ofTwo(pair(0.029, 0.01, Verdict.BETTER, 0.0004)))
        .contains(
            "<p class=\"summary\">Ours is 2.9 points better than A &lt;b&gt;rival&lt;/b&gt;"
                + " (±1.1).</p>")
        .contains("<span>Ours against A &lt;b&gt;rival&lt;/b&gt;</span></td>")
        .contains("<td class=\"number\">+2.9 ±1.1</td>")
        .contains("<td class=\"number\">&lt; 0.001</td><td>better</td>")
        .doesNotContain("<b>rival");
    assertThat(ofTwo(pair(-0.029, 0.01, Verdict.WORSE, 0.012)))
        .contains("Ours is 2.9 points worse than A")
        .contains("<td class=\"number\">−2.9 ±1.1</td>")
        .contains("<td class=\"number\">0.012</td><td>worse</td>");
  }

  @Test
  void saysWhereNothingIsClearAndThereIsOneSeed() {
    assertThat(ofTwo(pair(0.004, null, Verdict.UNCLEAR, 0.47)))
        .contains(
            "No clear difference between Ours and A &lt;b&gt;rival&lt;/b&gt; (+0.4 ±1.1 points,"
                + " one seed).")
        .contains("<td>not clearly different, one seed</td>")
        .contains("<dt>Seeds</dt><dd>one seed, 1</dd>")
        .contains("<dt>Cost</dt><dd>as each way to train comes by itself, not made equal</dd>")
        .contains("intervals know only the chance of the images");
  }

  @Test
  void gathersVerdictsOfSeveralRivals() {
    assertThat(ComparisonPage.html(ComparisonSamples.table()))
        .containsPattern(
            "Deep Incubation is better than End-to-end \\(\\+3\\.\\d ±0\\.\\d points\\), DGL .* and"
                + " Module imitation .*; not clearly different from Staged end-to-end .* and Deep"
                + " Incubation, tunable meta model .*\\)\\.");
  }

  @Test
  void countsVerdictsOfManyRivals() {
    assertThat(ComparisonPage.html(twenty()))
        .contains(
            "model.depth 0 is worse than 10 of 10 others, one seed. 180 more differences below.");
  }

  @Test
  void drawsLinesOverTheAxis() {
    String html = ComparisonPage.html(ComparisonSamples.depths());
    assertThat(html)
        .contains("<h2>Top-1 over model.depth</h2>")
        .contains(">8</text>", ">16</text>", ">24</text>", ">48</text>")
        .contains("</i>Deep Incubation</span>", "</i>End-to-end</span>")
        .contains(
            "Deep Incubation is not clearly different from End-to-end at model.depth 8; better than"
                + " End-to-end at model.depth 16, 24 and 48.")
        .containsPattern(
            "From model.depth 8 to 48, the difference of Deep Incubation from End-to-end rises"
                + " \\(\\+\\d\\.\\d ±0\\.\\d points\\)\\.");
    assertThat(html.split("class=\"whisker\"", -1)).hasSize(1 + 8);
  }

  @Test
  void drawsCostByItsRatios() {
    assertThat(ComparisonPage.html(ComparisonSamples.costs(ratio(), 3)))
        .contains("computed operations of a training, TFLOP")
        .contains("Deep Incubation is better than End-to-end at 1 and 2 times the epochs.")
        .contains(">50</text>", ">100</text>", ">200</text>")
        .contains(
            "For the best accuracy of End-to-end, End-to-end costs 2.13 ±0.38 times as much as Deep"
                + " Incubation (3 seeds).")
        .contains("The best accuracy of Deep Incubation was not reached by End-to-end.");
    assertThat(ComparisonPage.html(ComparisonSamples.costs(null, 2)))
        .contains("was not reached by Deep Incubation with every seed: 2 of 3.");
  }

  @Test
  void drawsWhatDoesNotGoByTheAxisAllAlong() {
    assertThat(ComparisonPage.html(levels()))
        .contains("class=\"curve level\"")
        .contains("</i>Deep Incubation, fine-tuning.rate-factor 11</span>")
        .contains("<i class=\"dashed\"")
        .contains("29 more ways to train are left out.");
  }

  @Test
  void saysThatNothingIsDone() {
    assertThat(ComparisonPage.html(empty()))
        .contains("No training has come to its end.", "There is nothing to draw yet.")
        .contains("<summary>1 training, 0 done</summary>", "<li>Deep Incubation, seed 1: modules/2")
        .doesNotContain("<h2>Differences", "<h2>Gains", "<svg");
  }

  @Test
  void drawsGainsWithIntervals() {
    assertThat(ComparisonPage.html(ComparisonSamples.table()))
        .contains("<span>module 3</span><span class=\"interval loss\"")
        .containsPattern("<b>\\+4\\.\\d ±0\\.\\d</b>");
  }

  @Test
  void leavesPagesToLookAt() throws IOException {
    List<Comparison> comparisons = comparisons().toList();
    for (int i = 0; i < comparisons.size(); i++) {
      Path file = Path.of("target", "example-comparison-" + i + ".html");
      Files.writeString(file, ComparisonPage.html(comparisons.get(i)));
      assertThat(file).isNotEmptyFile();
    }
  }
}
