package io.deepincubation.spark.progress;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.thread.Daemons;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Keeps a board before a person's eyes: redrawn in place on a terminal, else as a log that tells
 * changes soon and the running tasks at intervals, ever longer ones in a long run.
 */
@Evolving
public final class ProgressDisplay implements AutoCloseable {

  private static final Duration REDRAWN = Duration.ofMillis(500);
  private static final Duration LOGGED = Duration.ofSeconds(2);
  private static final Duration LOG_INTERVAL = Duration.ofSeconds(15);

  /** Of the time so far between two lines on running tasks: notebooks keep a limited text. */
  private static final int SHARE_OF_RUN = 50;

  private final ProgressBoard board;
  private final Supplier<TerminalStyle> style;
  private final boolean redraw;
  private final PrintStream out;
  private final ScheduledExecutorService timer;
  private final Map<String, String> loggedStates = new HashMap<>();
  private Instant loggedAt = Instant.MIN;
  private Instant startedAt = Instant.MAX;
  private List<String> drawn = List.of();

  ProgressDisplay(ProgressBoard board, Supplier<TerminalStyle> style, PrintStream out) {
    this.board = board;
    this.style = style;
    redraw = style.get().redraw();
    this.out = out;
    timer = Daemons.timer("deep-incubation-progress");
  }

  /**
   * Shows a board on standard error until closed.
   *
   * @param board what to show
   * @param style what the terminal can show, asked each time
   * @return the display; closing it draws the board's last state
   */
  public static ProgressDisplay onStandardError(
      ProgressBoard board, Supplier<TerminalStyle> style) {
    var err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    var display = new ProgressDisplay(board, style, err);
    display.start();
    return display;
  }

  /**
   * Tells a board's changes on a stream until closed, line by line, as in a log; for notebooks.
   *
   * @param board what to tell
   * @param out takes the lines
   */
  public static ProgressDisplay onStream(ProgressBoard board, PrintStream out) {
    var display = new ProgressDisplay(board, () -> TerminalStyle.PLAIN, out);
    display.start();
    return display;
  }

  private void start() {
    long millis = (redraw ? REDRAWN : LOGGED).toMillis();
    var unused =
        timer.scheduleWithFixedDelay(() -> show(Instant.now()), 0, millis, TimeUnit.MILLISECONDS);
  }

  /** Draws or tells what is to be seen now. */
  synchronized void show(Instant now) {
    if (redraw) {
      draw(board.lines(now));
    } else {
      tell(now);
    }
  }

  private void draw(List<String> lines) {
    var text = new StringBuilder();
    int above = rows(drawn, style.get().columns());
    if (above > 0) {
      text.append("\u001b[").append(above).append('A');
    }
    lines.forEach(line -> text.append('\r').append(line).append("\u001b[K\n"));
    if (lines.size() < above) {
      text.append("\u001b[J"); // What is below was drawn before.
    }
    drawn = lines;
    out.print(text);
    out.flush();
  }

  /** Rows that lines take: those of a wider terminal are wrapped since it became narrower. */
  private static int rows(List<String> lines, int columns) {
    return lines.stream()
        .mapToInt(line -> line.replaceAll("\u001b\\[\\d*m", "").length())
        .map(length -> Math.max(1, (length + columns - 1) / columns))
        .sum();
  }

  private void tell(Instant now) {
    board
        .states()
        .forEach(
            (task, state) -> {
              if (!state.equals(loggedStates.put(task, state))) {
                out.println("progress: " + task + " " + state);
              }
            });
    startedAt = now.isBefore(startedAt) ? now : startedAt;
    if (loggedAt.plus(logInterval(now)).isAfter(now)) {
      return;
    }
    String summary = board.summary(now);
    if (!summary.isEmpty()) {
      out.println("progress: " + summary);
      loggedAt = now;
    }
  }

  private Duration logInterval(Instant now) {
    Duration share = Duration.between(startedAt, now).dividedBy(SHARE_OF_RUN);
    return share.compareTo(LOG_INTERVAL) > 0 ? share : LOG_INTERVAL;
  }

  /** Shows the last state and stops. */
  @Override
  public void close() {
    timer.shutdownNow();
    show(Instant.now());
  }
}
