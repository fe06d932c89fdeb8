package io.deepincubation.spark.progress;

import io.deepincubation.core.run.RunEvent;
import io.deepincubation.core.run.RunObserver;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of each task of a run: one line for each, waiting, running, done or failed. A task
 * is known by its stage. Safe for use by many threads.
 */
public final class ProgressBoard implements RunObserver {

  private final TerminalStyle style;
  private final InstantSource clock;
  private final Map<String, TaskLine> tasks = new LinkedHashMap<>();

  /** An empty board for a log. */
  public ProgressBoard() {
    this(TerminalStyle.PLAIN, InstantSource.system());
  }

  /**
   * An empty board.
   *
   * @param style how lines are drawn
   * @param clock tells when something became known
   */
  public ProgressBoard(TerminalStyle style, InstantSource clock) {
    this.style = style;
    this.clock = clock;
  }

  /**
   * Shows a task that waits for a free slot; nothing changes if it is known already.
   *
   * @param stage the stage's name
   * @param module the module to be trained, from 0, or null for a whole network
   * @param modules of the network
   */
  public synchronized void expect(String stage, @Nullable Integer module, int modules) {
    var nowhere = new RunEvent.Source("", 0, "", "");
    var start =
        new RunEvent.Interval(stage, nowhere, "", module, modules, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    tasks.computeIfAbsent(stage, name -> TaskLine.waiting(start, clock.instant()));
  }

  /** Takes what happens to a task. */
  @Override
  public void on(RunEvent event) {
    if (event instanceof RunEvent.Interval interval) {
      update(interval);
    } else if (event instanceof RunEvent.Started started) {
      if (started.source().attempt() > 0 && !started.speculative()) {
        restarted(started.stage());
      }
    } else if (event instanceof RunEvent.Ended ended) {
      ended(ended);
    }
  }

  private void ended(RunEvent.Ended ended) {
    switch (ended.outcome()) {
      case DONE -> done(ended.stage());
      case FAILED -> failed(ended.stage(), ended.reason());
      case RUNNING, STOPPED, LOST -> {} // Another attempt goes on.
    }
  }

  /**
   * Takes news of a running task. While one attempt runs, only steps beyond the last are news; the
   * first news after a failure are a new attempt's.
   */
  private synchronized void update(RunEvent.Interval progress) {
    Instant now = clock.instant();
    tasks.compute(
        progress.stage(),
        (stage, line) ->
            (line == null ? TaskLine.waiting(progress, now) : line).updated(progress, now));
  }

  private synchronized void done(String stage) {
    tasks.computeIfPresent(stage, (name, line) -> line.done(clock.instant()));
  }

  /** An attempt that failed may be tried again. */
  private synchronized void failed(String stage, String reason) {
    tasks.computeIfPresent(stage, (name, line) -> line.failed(reason, clock.instant()));
  }

  /** The next news may be of an earlier step. */
  private synchronized void restarted(String stage) {
    tasks.computeIfPresent(stage, (name, line) -> line.restarted(clock.instant()));
  }

  /** The board as lines of text, in the order in which tasks became known. */
  public synchronized List<String> lines(Instant now) {
    int nameWidth = tasks.values().stream().mapToInt(line -> line.name().length()).max().orElse(0);
    List<String> lines = new ArrayList<>();
    for (TaskLine line : tasks.values()) {
      lines.add(line.drawn(style, nameWidth, now));
    }
    return List.copyOf(lines);
  }

  /** The running tasks on one line, for a log; empty where none runs. */
  public synchronized String summary(Instant now) {
    List<String> running = new ArrayList<>();
    for (TaskLine line : tasks.values()) {
      if (line.isRunning()) {
        running.add(line.told(now));
      }
    }
    return String.join(" | ", running);
  }

  /** The state of each task in words, for a log that tells only changes. */
  synchronized Map<String, String> states() {
    Map<String, String> states = new LinkedHashMap<>();
    tasks.values().forEach(line -> states.put(line.name(), line.stateInWords()));
    return states;
  }
}
