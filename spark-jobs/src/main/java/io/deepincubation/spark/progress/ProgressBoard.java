package io.deepincubation.spark.progress;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.run.Assignment;
import io.deepincubation.core.run.RunEvent;
import io.deepincubation.core.run.RunObserver;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is known of each stage of a run: one line for each, waiting, running, done or failed; for
 * one of several workers what they are at together, and the round. Safe for use by many threads.
 */
@Evolving
public final class ProgressBoard implements RunObserver {

  private final Supplier<TerminalStyle> style;
  private final InstantSource clock;
  private final String group;
  private final Map<String, TaskLine> tasks;

  /** An empty board for a log. */
  public ProgressBoard() {
    this(() -> TerminalStyle.PLAIN, InstantSource.system());
  }

  /**
   * An empty board.
   *
   * @param style how lines are drawn, asked each time: a terminal's width may change
   * @param clock tells when something became known
   */
  public ProgressBoard(Supplier<TerminalStyle> style, InstantSource clock) {
    this(style, clock, "", new LinkedHashMap<>());
  }

  private ProgressBoard(
      Supplier<TerminalStyle> style,
      InstantSource clock,
      String group,
      Map<String, TaskLine> tasks) {
    this.style = style;
    this.clock = clock;
    this.group = group;
    this.tasks = tasks;
  }

  /**
   * The same board for one run of several, whose tasks are named after it. Its tasks go from the
   * board when they are done, so that those that run are seen.
   *
   * @param run the run's name for people
   */
  public ProgressBoard of(String run) {
    return new ProgressBoard(style, clock, run + ": ", tasks);
  }

  /**
   * Shows a task that waits for a free slot; nothing changes if it is known already.
   *
   * @param stage the stage's name
   * @param module the module to be trained, from 0, or null for a whole network
   * @param modules of the network
   */
  public void expect(String stage, @Nullable Integer module, int modules) {
    var nowhere = new RunEvent.Source("", 0, "", "");
    var start =
        new RunEvent.Interval(
            Assignment.whole(stage), nowhere, "", module, modules, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    synchronized (tasks) {
      tasks.computeIfAbsent(group + stage, name -> TaskLine.waiting(group, start, clock.instant()));
    }
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
    } else if (event instanceof RunEvent.RoundBegan round) {
      change(round.stage(), line -> line.began(round));
    }
  }

  private void ended(RunEvent.Ended ended) {
    switch (ended.outcome()) {
      case DONE -> {
        if (!ended.assignment().isPart()) {
          done(ended.stage());
        }
      }
      case FAILED -> failed(ended.stage(), ended.reason());
      case RUNNING, STOPPED, LOST -> {} // Another attempt goes on.
    }
  }

  /**
   * Takes news of a running task. While one attempt runs, only steps beyond the last are news; the
   * first news after a failure are a new attempt's.
   */
  private void update(RunEvent.Interval progress) {
    Instant now = clock.instant();
    synchronized (tasks) {
      tasks.compute(
          group + progress.stage(),
          (stage, line) ->
              (line == null ? TaskLine.waiting(group, progress, now) : line).heard(progress, now));
    }
  }

  private void done(String stage) {
    change(stage, line -> line.done(clock.instant()));
  }

  /** An attempt that failed may be tried again. */
  private void failed(String stage, String reason) {
    change(stage, line -> line.failed(reason, clock.instant()));
  }

  /** The next news may be of an earlier step. */
  private void restarted(String stage) {
    change(stage, line -> line.restarted(clock.instant()));
  }

  private void change(String stage, UnaryOperator<TaskLine> with) {
    synchronized (tasks) {
      tasks.computeIfPresent(group + stage, (name, line) -> with.apply(line));
    }
  }

  /** The board as lines of text, in the order in which tasks became known. */
  public List<String> lines(Instant now) {
    List<TaskLine> shown = known().stream().filter(TaskLine::isShown).toList();
    int nameWidth = shown.stream().mapToInt(line -> line.name().length()).max().orElse(0);
    TerminalStyle drawn = style.get();
    return shown.stream().map(line -> line.drawn(drawn, nameWidth, now)).toList();
  }

  /** The running tasks on one line, for a log; empty where none runs. */
  public String summary(Instant now) {
    return known().stream()
        .filter(TaskLine::isRunning)
        .map(line -> line.told(now))
        .collect(Collectors.joining(" | "));
  }

  /** The state of each task in words, for a log that tells only changes. */
  Map<String, String> states() {
    Map<String, String> states = new LinkedHashMap<>();
    known().forEach(line -> states.put(line.name(), line.stateInWords()));
    return states;
  }

  private List<TaskLine> known() {
    synchronized (tasks) {
      return List.copyOf(tasks.values());
    }
  }
}
