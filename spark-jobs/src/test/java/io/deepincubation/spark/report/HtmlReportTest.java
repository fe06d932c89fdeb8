package io.deepincubation.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.machine.MemoryUse;
import io.deepincubation.core.run.Choice;
import io.deepincubation.core.run.ClassMeasures;
import io.deepincubation.core.run.ClassMeasures.PrecisionCurve;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.run.TaskAttempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HtmlReportTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final ReportFacts FACTS =
      ReportFacts.of(
          "quick <script>alert('x')</script>",
          4,
          List.of(
              new MethodStages(
                  "Deep Incubation",
                  List.of(
                      "meta",
                      "modules/0",
                      "modules/1",
                      "modules/2",
                      "modules/3",
                      "assembled",
                      "final")),
              new MethodStages("DGL", List.of("baselines/dgl")),
              new MethodStages("End-to-end", List.of("baselines/e2e"))),
          "name: quick\nmodel:\n  depth: 8 # </script>\n",
          Map.of("spark", "3.5.9", "java", "17"),
          Map.of("Processor", "2 cores", "Data", "drawn & labelled"));

  @Test
  void isSelfContained() {
    assertThat(report(results(), metrics()))
        .startsWith("<!doctype html>")
        .doesNotContain("<script")
        .doesNotContain("src=")
        .doesNotContain("<link")
        .doesNotContain("@import")
        .doesNotContain("url(")
        .doesNotContain("{{");
  }

  @Test
  void escapesEveryText() {
    assertThat(report(results(), metrics()))
        .doesNotContain("<script>alert")
        .contains("quick &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;")
        .contains("depth: 8 # &lt;/script&gt;")
        .contains("drawn &amp; labelled");
  }

  @Test
  void escapesNamesOfCurves() {
    var lines = Map.of("<b>meta", List.of(line("<b>meta", 1, 2.0, null)));
    assertThat(report(results(), lines))
        .contains("<h3>&lt;b&gt;meta: loss</h3>")
        .doesNotContain("<b>meta");
  }

  @Test
  void comparesMethodsAtTheirWholeCost() {
    assertThat(report(results(), metrics()))
        .contains(
            "<tr><td>Deep Incubation</td><td class=\"number\">71.0 %</td>"
                + "<td class=\"number\">70,000</td><td class=\"number\">7.00 TFLOP</td>")
        .contains("<tr><td>End-to-end</td><td class=\"number\">64.5 %</td>")
        .contains("<td>DGL</td><td class=\"number\">–</td>");
  }

  @Test
  void sumsUpTheRun() {
    assertThat(report(results(), metrics()))
        .contains(
            "Deep Incubation with 4 modules reached 71.0 % top-1 accuracy on the test split for"
                + " 7.00 TFLOP. End-to-end training of the same model reached 64.5 % for 1.00"
                + " TFLOP: a difference of +6.5 points.");
  }

  @Test
  void saysThatARunIsNotAtItsEnd() {
    assertThat(report(results().subList(0, 2), Map.of()))
        .contains("No method has come to its end here: 2 finished stages.");
  }

  @Test
  void showsGainsAndLossesOfModules() {
    assertThat(report(results(), metrics()))
        .contains("<b>+4.0 points</b><span>59.0 %</span>")
        .contains("<b>−2.0 points</b><span>53.0 %</span>");
  }

  @Test
  void putsTasksSideBySideOnSlotsOfTheirOwn() {
    var timeline = new Timeline(results(), List.of(), Map.of());
    assertThat(timeline.byProcess().get("worker-1, executor 0"))
        .extracting(task -> task.span().stage() + "@" + task.slot())
        .containsExactly(
            "meta@0",
            "modules/0@0",
            "modules/1@1",
            "modules/2@0",
            "modules/3@1",
            "assembled@0",
            "final@0",
            "baselines/e2e@0",
            "baselines/dgl@0");
    assertThat(report(results(), metrics())).contains("modules/2, attempt 2");
  }

  @Test
  void plotsAllModulesTogether() {
    List<Curves> curves = Curves.of(metrics());
    assertThat(curves)
        .extracting(plot -> plot.title() + " " + plot.quantity() + " " + plot.series().size())
        .containsExactly(
            "meta loss 1",
            "meta top-1 % 1",
            "modules loss 4",
            "modules top-1 % 4",
            "final loss 1",
            "final top-1 % 1");
  }

  @Test
  void drawsEveryCurveWithoutAScript() {
    assertThat(report(results(), metrics()).split("<polyline", -1)).hasSize(1 + 6 + 6);
    assertThat(report(results(), Map.of())).contains("No metrics were kept.");
  }

  @Test
  void thinsLongCurvesAndKeepsTheirEnds() {
    List<MetricsLine> lines = new ArrayList<>();
    for (int step = 1; step <= 25_000; step++) {
      lines.add(line("meta", step, step == 7 ? Double.NaN : 1.0 / step, null));
    }
    assertThat(Curves.of(Map.of("meta", lines)).get(0).series().get(0).steps())
        .hasSizeBetween(900, 1002)
        .startsWith(1L)
        .endsWith(25_000L);
  }

  @Test
  void writesAnEmptyRun() {
    assertThat(report(List.of(), Map.of()))
        .contains("0 finished stages")
        .contains("No hybrid network has been measured");
  }

  @Test
  void leavesAReportToLookAt() throws IOException {
    Path file = Path.of("target", "example-report.html");
    Files.writeString(file, report(results(), metrics()));
    assertThat(file).isNotEmptyFile();
  }

  private static String report(List<StageResult> results, Map<String, List<MetricsLine>> metrics) {
    var html = new StringBuilder();
    HtmlReport.write(FACTS, results, attempts(), metrics, html);
    return html.toString();
  }

  @Test
  void showsAttemptsThatCommittedNothingWithTheirReasons() {
    assertThat(report(results(), metrics()))
        .contains("modules/2, attempt 1 failed: ExecutorLostFailure (executor 1 exited)")
        .contains(
            "<td>modules/2, attempt 1</td><td>1 on worker-2</td><td>gpu 0</td><td>failed</td>")
        .contains("<td>meta, attempt 1</td><td>driver on worker-1</td><td>–</td><td>lost</td>");
    assertThat(new Timeline(results(), attempts(), metrics()).byProcess())
        .containsKeys("worker-1, driver", "worker-1, executor 0", "worker-2, executor 1");
  }

  @Test
  void drawsALostAttemptToItsLastMetrics() {
    var lines =
        List.of(
            line("meta", 10, 2.0, null, 7),
            line("meta", 20, 2.0, null, 12),
            event("meta", 20, "attempt 1 on the driver goes on from step 20", 100),
            line("meta", 30, 2.0, null, 110));
    var timeline = new Timeline(results(), attempts(), Map.of("meta", lines));
    assertThat(timeline.byProcess().get("worker-1, driver"))
        .singleElement()
        .extracting(task -> task.span().to())
        .isEqualTo(START.plusSeconds(12));
  }

  @Test
  void tellsWhenEveryAttemptWentWell() {
    var html = new StringBuilder();
    HtmlReport.write(FACTS, results(), List.of(), metrics(), html);
    assertThat(html).contains("Every attempt at a task came to its end.");
  }

  @Test
  void theTimelineShowsRoundsAndTheirSpread() {
    var html = new StringBuilder();
    List<TaskAttempt> rounds =
        List.of(part(0, 0, 1, 11), part(0, 1, 1, 9), part(1, 0, 11, 23), part(1, 1, 11, 19));
    HtmlReport.write(FACTS, results(), rounds, metrics(), html);

    assertThat(html)
        .contains("<span>final, round 2, worker 1 of 2</span>")
        .contains("final, round 2, worker 1 of 2; the round&#39;s workers took 8.0 s to 12.0 s")
        .containsPattern(
            "<td>final</td><td class=\"number\">2</td><td class=\"number\">11.0 s</td>"
                + "<td class=\"number\">8.0 s</td><td class=\"number\">13.6 %</td>")
        .contains("Every attempt at a task came to its end.");
  }

  private static TaskAttempt part(int round, int worker, int from, int to) {
    return new TaskAttempt(
        "final",
        round,
        worker,
        2,
        0,
        "1",
        "worker-2",
        "gpu 0",
        START.plusSeconds(from).toString(),
        START.plusSeconds(to).toString(),
        TaskAttempt.Outcome.DONE,
        "");
  }

  private static List<TaskAttempt> attempts() {
    return List.of(
        new TaskAttempt(
            "meta",
            0,
            "driver",
            "worker-1",
            "",
            START.plusSeconds(2).toString(),
            START.plusSeconds(2).toString(),
            TaskAttempt.Outcome.LOST,
            "its driver ended"),
        new TaskAttempt(
            "modules/2",
            0,
            "1",
            "worker-2",
            "gpu 0",
            START.plusSeconds(100).toString(),
            START.plusSeconds(175).toString(),
            TaskAttempt.Outcome.FAILED,
            "ExecutorLostFailure (executor 1 exited)"));
  }

  private static MetricsLine event(String stage, long step, String event, long second) {
    return new MetricsLine(
        START.plusSeconds(second).toString(),
        stage,
        null,
        0,
        step,
        400,
        null,
        1e-3,
        0,
        0,
        null,
        0,
        event);
  }

  @Test
  void tellsMeasuresChoicesAndClasses() {
    Metrics metrics =
        new Metrics(
            Metrics.TOP1, Map.of(Metrics.TOP1, 0.71, Metrics.LOG_LOSS, 0.8123, Metrics.ECE, 0.052));
    var classes =
        new ClassMeasures(
            List.of(30L, 20L),
            List.of(0.9, 0.625),
            List.of(0.8, 0.55),
            List.of(0.847, 0.585),
            null);
    StageResult chosen =
        measured(
            metrics,
            Metrics.ofTop1(0.735),
            classes,
            new Choice("log-loss", 0.8, 300, true, 1000, List.of()));
    var html = new StringBuilder();

    HtmlReport.write(
        FACTS.classNames(List.of("<ant>", "bee")), List.of(chosen), List.of(), Map.of(), html);

    assertThat(html)
        .contains("<td class=\"number\">0.812</td>", "<td class=\"number\">5.2 %</td>")
        .contains("top-1 on val", "<td class=\"number\">73.5 %</td>")
        .contains("of step 300: best log loss; stopped at 400 of 1,000")
        .contains("<td>&lt;ant&gt;</td><td class=\"number\">30</td>")
        .contains("<td class=\"number\">62.5 %</td>");
  }

  @Test
  void tellsObjectsByTheirMeasures() {
    var curve = new PrecisionCurve("overlap 0.5", List.of(1.0, 0.5, 0.0));
    var classes =
        new ClassMeasures(
            List.of(30L, 20L),
            List.of(0.9, 0.6),
            List.of(0.8, 0.5),
            List.of(0.85, 0.55),
            List.of(0.41, 0.32),
            null,
            List.of(0.37, 0.28),
            List.of(curve));
    var html = new StringBuilder();

    HtmlReport.write(
        FACTS.classNames(List.of("<ant>", "bee")).scenes(Map.of("final", new byte[] {1, 2, 3})),
        List.of(measured(new Metrics(Metrics.AP, Map.of(Metrics.AP, 0.365)), classes)),
        List.of(),
        Map.of(),
        html);

    assertThat(html)
        .contains("<th class=\"number\">AP of boxes</th><th class=\"number\">AP of masks</th>")
        .contains("<td class=\"number\">41.0 %</td><td class=\"number\">37.0 %</td>")
        .contains("src=\"data:image/jpeg;base64,AQID\"", "</i>&lt;ant&gt;</span>")
        .contains("<h2>Precision over recall</h2>", "final: precision %", "overlap 0.5</span>")
        .doesNotContain("Top-1", "top-1", "hybrid network</h2>");
  }

  @Test
  void tellsPixelsByTheirMeasures() {
    var classes =
        new ClassMeasures(
            List.of(30L),
            List.of(0.9),
            List.of(0.81),
            List.of(0.85),
            null,
            List.of(0.734),
            null,
            null);
    var metrics =
        new Metrics(Metrics.MEAN_IOU, Map.of(Metrics.MEAN_IOU, 0.734, Metrics.PIXEL_ACCURACY, 0.9));
    var html = new StringBuilder();

    HtmlReport.write(
        FACTS.classNames(List.of("wall")),
        List.of(measured(metrics, classes)),
        List.of(),
        Map.of(),
        html);

    assertThat(html)
        .contains("<th class=\"number\">IoU</th><th class=\"number\">Accuracy</th></tr>")
        .contains("<td class=\"number\">73.4 %</td><td class=\"number\">81.0 %</td></tr>")
        .contains("mIoU and mAcc are means over the classes")
        .doesNotContain("Top-1", "top-1", "Predictions</h2>", "Precision over recall");
  }

  private static StageResult measured(Metrics metrics, ClassMeasures classes) {
    return measured(metrics, null, classes, null);
  }

  private static StageResult measured(
      Metrics metrics,
      @Nullable Metrics validation,
      ClassMeasures classes,
      @Nullable Choice choice) {
    StageResult plain = result("final", null, metrics.value(), 292, 60, 0);
    return new StageResult(
        plain.stage(),
        null,
        plain.images(),
        plain.epochs(),
        plain.seconds(),
        plain.trainingFlops(),
        plain.computedFlops(),
        plain.loss(),
        plain.accuracy(),
        metrics,
        validation,
        classes,
        choice,
        plain.threads(),
        plain.host(),
        plain.executor(),
        plain.device(),
        plain.memory(),
        0,
        400,
        0,
        plain.startedAt(),
        plain.finishedAt(),
        List.of(),
        "",
        null);
  }

  private static List<StageResult> results() {
    return List.of(
        result("meta", null, 0.55, 0, 100, 0),
        result("modules/0", 0, 0.59, 100, 80, 0),
        result("modules/1", 1, 0.53, 100, 90, 0),
        result("modules/2", 2, 0.58, 180, 100, 1),
        result("modules/3", 3, 0.61, 190, 80, 0),
        result("assembled", null, 0.42, 290, 2, 0),
        result("final", null, 0.71, 292, 60, 0),
        result("baselines/e2e", null, 0.645, 360, 160, 0),
        result("baselines/dgl", null, null, 530, 120, 0));
  }

  private static StageResult result(
      String stage,
      @Nullable Integer module,
      @Nullable Double accuracy,
      long startSecond,
      long seconds,
      int attempt) {
    return new StageResult(
        stage,
        module,
        10_000,
        4,
        seconds,
        1e12,
        9e11,
        1.5,
        accuracy,
        accuracy == null ? null : Metrics.ofTop1(accuracy),
        2,
        "worker-1",
        "0",
        "cpu",
        new MemoryUse(3L << 30, 1L << 30, null),
        attempt,
        400,
        0,
        START.plusSeconds(startSecond).toString(),
        START.plusSeconds(startSecond + seconds).toString(),
        List.of(),
        "",
        null);
  }

  private static Map<String, List<MetricsLine>> metrics() {
    Map<String, List<MetricsLine>> metrics = new LinkedHashMap<>();
    for (String stage :
        List.of("meta", "modules/0", "modules/1", "modules/2", "modules/3", "final")) {
      List<MetricsLine> lines = new ArrayList<>();
      for (int step = 10; step <= 400; step += 10) {
        double offset = stage.hashCode() % 7 / 20.0;
        lines.add(line(stage, step, 4.6 * Math.exp(-step / 200.0) + offset + 0.5, null));
        if (step % 100 == 0) {
          lines.add(line(stage, step, null, 0.7 - 0.6 * Math.exp(-step / 150.0) + offset / 10));
        }
      }
      metrics.put(stage, lines);
    }
    return metrics;
  }

  private static MetricsLine line(
      String stage, long step, @Nullable Double loss, @Nullable Double top1) {
    return line(stage, step, loss, top1, 0);
  }

  private static MetricsLine line(
      String stage, long step, @Nullable Double loss, @Nullable Double top1, long second) {
    return new MetricsLine(
        START.plusSeconds(second).toString(),
        stage,
        null,
        0,
        step,
        400,
        loss,
        1e-3,
        1000,
        0.01,
        top1,
        0,
        null);
  }
}
