package io.deepincubation.spark.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.run.Assignment;
import io.deepincubation.core.run.RunEvent;
import io.deepincubation.core.run.TaskAttempt.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ProgressBoardTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final TerminalStyle ASCII = new TerminalStyle(true, false, false, 100);

  private Instant now = START;
  private final ProgressBoard board = new ProgressBoard(() -> ASCII, () -> now);

  @Test
  void showsARunningTaskOnOneLine() {
    board.on(module(0, 50));
    assertThat(board.lines(START))
        .containsExactly(
            "module 1/4  ###############...............  50%  epoch 2/4  loss 2.346  1,234 img/s"
                + "  1:40 left");
  }

  @Test
  void countsTheTimeLeftDownBetweenNews() {
    board.on(module(0, 50));
    assertThat(board.lines(START.plusSeconds(40))).singleElement().asString().endsWith("1:00 left");
  }

  @Test
  void saysForHowLongThereWereNoNews() {
    board.on(module(0, 50));
    assertThat(board.lines(START.plusSeconds(90)))
        .singleElement()
        .asString()
        .endsWith("no news for 1:30");
  }

  @Test
  void showsWaitingTasksInTheOrderTheyBecameKnown() {
    board.expect("meta", null, 4);
    board.expect("modules/1", 1, 4);
    assertThat(board.lines(START))
        .containsExactly(
            "meta        ..............................  waiting",
            "module 2/4  ..............................  waiting");
  }

  @Test
  void showsFailureRestartAndEnd() {
    board.on(module(2, 80));
    board.on(ended("modules/2", Outcome.FAILED, "executor lost"));
    assertThat(line()).contains("failed: executor lost");
    board.on(
        new RunEvent.Started(
            Assignment.whole("modules/2"), source(1), "", /* speculative= */ false));
    assertThat(line()).contains("restarting (restart 1)");
    board.on(module(2, 60));
    assertThat(line()).contains("60%").contains("restart 1");
    now = START.plusSeconds(200);
    board.on(ended("modules/2", Outcome.DONE, ""));
    assertThat(line()).endsWith("done in 3:20 (restart 1)");
  }

  @Test
  void takesNewsAfterAFailureForARestart() {
    board.on(module(2, 80));
    board.on(ended("modules/2", Outcome.FAILED, "executor lost"));
    board.on(module(2, 10));
    assertThat(line()).contains("10%").contains("restart 1");
  }

  @Test
  void ignoresOlderNewsAndNewsOfADoneTask() {
    board.on(module(2, 80));
    board.on(module(2, 70));
    assertThat(line()).contains("80%");
    board.on(ended("modules/2", Outcome.DONE, ""));
    board.on(module(2, 90));
    assertThat(line()).contains("done in 0:00");
  }

  @Test
  void workersOfAStageAreOneLineWithItsRound() {
    board.expect("final", null, 4);
    board.on(new RunEvent.RoundBegan("final", source(0), "", 2, 9, 2, 40));
    board.on(worker(0, 2, 60));
    assertThat(line())
        .isEqualTo(
            "final  ###############...............  50%  epoch 2/4  round 3/9  loss 1.000"
                + "  100 img/s  1:40 left");
    board.on(worker(1, 2, 80));
    assertThat(line()).contains("70%  epoch 2/4  round 3/9  loss 1.500  300 img/s  1:41 left");
    board.on(new RunEvent.Ended(new Assignment("final", 2, 0, 2), source(0), "", Outcome.DONE, ""));
    assertThat(line()).contains("70%");
    board.on(new RunEvent.RoundBegan("final", source(0), "", 3, 9, 2, 80));
    board.on(worker(1, 2, 70));
    assertThat(line()).contains("70%").contains("round 4/9");
    board.on(worker(1, 3, 90));
    assertThat(line()).contains("85%");
    board.on(ended("final", Outcome.DONE, ""));
    assertThat(line()).endsWith("done in 0:00");
  }

  private static RunEvent.Interval worker(int worker, int round, long step) {
    return new RunEvent.Interval(
        new Assignment("final", round, worker, 2),
        source(0),
        "",
        null,
        4,
        1,
        4,
        step,
        100,
        1 + worker,
        1e-3,
        100 + 100 * worker,
        0.01,
        100 + worker,
        1);
  }

  @Test
  void staysWithinTheTerminal() {
    var style = new TerminalStyle(true, false, true, 40);
    var narrow = new ProgressBoard(() -> style, () -> now);
    narrow.on(module(3, 99));
    narrow.on(
        ended(
            "modules/3", Outcome.FAILED, "a reason that is much longer than any terminal is wide"));
    assertThat(narrow.lines(START)).singleElement().asString().hasSizeLessThan(40);
  }

  @Test
  void redrawsInPlaceOnATerminal() {
    var bytes = new ByteArrayOutputStream();
    var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    try (var display = new ProgressDisplay(board, () -> ASCII, out)) {
      board.expect("meta", null, 4);
      display.show(START);
      display.show(START);
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .startsWith("\rmeta")
        .contains("\u001b[1A\rmeta");
  }

  @Test
  void followsATerminalThatBecomesNarrower() {
    var bytes = new ByteArrayOutputStream();
    var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    var width = new AtomicInteger(100);
    Supplier<TerminalStyle> style = () -> new TerminalStyle(true, true, false, width.get());
    var resized = new ProgressBoard(style, () -> now);
    resized.on(module(0, 50));
    var display = new ProgressDisplay(resized, style, out);
    display.show(START);
    width.set(50);
    display.show(START);

    String[] drawn = bytes.toString(StandardCharsets.UTF_8).split("\\[2A", -1);
    assertThat(drawn).as("two rows up, as the wide line is wrapped").hasSize(2);
    assertThat(drawn[1].replaceAll("\u001b\\[[0-9]*[mKJ]", "").strip()).hasSizeLessThan(50);
  }

  @Test
  void tellsChangesAndASummaryAtIntervalsInALog() {
    var bytes = new ByteArrayOutputStream();
    var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    var display = new ProgressDisplay(board, () -> TerminalStyle.PLAIN, out);
    board.on(module(0, 50));
    display.show(START);
    display.show(START.plusSeconds(5));
    display.show(START.plusSeconds(20));
    board.on(ended("modules/0", Outcome.DONE, ""));
    display.close();
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "progress: module 1/4 running",
            "progress: module 1/4 50% epoch 2/4 loss 2.346 1,234 img/s 1:40 left",
            "progress: module 1/4 50% epoch 2/4 loss 2.346 1,234 img/s 1:20 left",
            "progress: module 1/4 done in 0:00");
  }

  private String line() {
    return board.lines(now).get(0);
  }

  private static RunEvent.Ended ended(String stage, Outcome outcome, String reason) {
    return new RunEvent.Ended(Assignment.whole(stage), source(0), "", outcome, reason);
  }

  private static RunEvent.Source source(int attempt) {
    return new RunEvent.Source("1", attempt, "host", "cpu");
  }

  private static RunEvent.Interval module(int index, long step) {
    return new RunEvent.Interval(
        Assignment.whole("modules/" + index),
        source(0),
        "",
        index,
        4,
        1,
        4,
        step,
        100,
        2.3456,
        1e-3,
        1234,
        0.01,
        100,
        1);
  }
}
