package io.deepincubation.spark.progress;

import io.deepincubation.core.run.RunEvent;
import io.deepincubation.core.text.Quantities;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one task, and its line.
 *
 * @param group the run that it belongs to, for people; empty where there is one alone
 * @param last the latest news
 * @param round the round that several workers are in; null for one worker
 * @param state what the task does
 * @param restarts attempts after the first
 * @param startedAt when the current attempt was first heard of
 * @param heardAt when there were news last
 * @param note why it failed, or how long it took
 */
record TaskLine(
    String group,
    RunEvent.Interval last,
    @Nullable RoundNews round,
    State state,
    int restarts,
    Instant startedAt,
    Instant heardAt,
    String note) {

  private static final Duration SILENCE = Duration.ofSeconds(60);
  private static final double NOTABLE_DATA_WAIT = 0.2;
  private static final int WIDEST_BAR = 30;
  private static final int NARROWEST_BAR = 6;

  enum State {
    WAITING("2"),
    RUNNING("36"),
    DONE("32"),
    FAILED("31");

    private final String ansiColour;

    State(String ansiColour) {
      this.ansiColour = ansiColour;
    }
  }

  static TaskLine waiting(String group, RunEvent.Interval start, Instant now) {
    return new TaskLine(group, start, null, State.WAITING, 0, now, now, "");
  }

  /** The workers of a stage begin a round. */
  TaskLine began(RunEvent.RoundBegan began) {
    return new TaskLine(
        group, last, RoundNews.of(began), state, restarts, startedAt, heardAt, note);
  }

  /** Takes news of a stage, or of one of its workers. */
  TaskLine heard(RunEvent.Interval news, Instant now) {
    if (round == null || !news.assignment().isPart()) {
      return updated(news, now);
    }
    if (news.assignment().round() != round.began().round()) {
      return this;
    }
    RoundNews all = round.with(news);
    return new TaskLine(group, last, all, state, restarts, startedAt, heardAt, note)
        .updated(all.merged(news), now);
  }

  private TaskLine updated(RunEvent.Interval progress, Instant now) {
    return switch (state) {
      case WAITING -> new TaskLine(group, progress, round, State.RUNNING, restarts, now, now, "");
      case FAILED -> restarted(now).updated(progress, now);
      case RUNNING ->
          progress.step() < last.step()
              ? this
              : new TaskLine(
                  group,
                  progress,
                  round,
                  State.RUNNING,
                  restarts,
                  startedAt,
                  progress.step() == last.step() ? heardAt : now,
                  "");
      case DONE -> this;
    };
  }

  TaskLine done(Instant now) {
    return switch (state) {
      case DONE -> this;
      case WAITING ->
          new TaskLine(group, last, round, State.DONE, restarts, startedAt, now, "done");
      case RUNNING, FAILED -> {
        String took = Quantities.clock(Duration.between(startedAt, now).toSeconds());
        yield new TaskLine(
            group, last, round, State.DONE, restarts, startedAt, now, "done in " + took);
      }
    };
  }

  TaskLine failed(String reason, Instant now) {
    return state == State.DONE
        ? this
        : new TaskLine(
            group, last, round, State.FAILED, restarts, startedAt, now, "failed: " + reason);
  }

  TaskLine restarted(Instant now) {
    return state == State.DONE
        ? this
        : new TaskLine(group, last, round, State.WAITING, restarts + 1, now, now, "");
  }

  boolean isRunning() {
    return state == State.RUNNING;
  }

  /** Of several runs only what runs or has failed. */
  boolean isShown() {
    return group.isEmpty() || state == State.RUNNING || state == State.FAILED;
  }

  String name() {
    Integer module = last.module();
    return group
        + (module == null
            ? last.stage()
            : rival() + "module " + (module + 1) + "/" + last.modules());
  }

  /** The method whose modules lie below its own folder, such as {@code imitation}, or nothing. */
  private String rival() {
    String[] folders = last.stage().split("/", -1);
    return folders.length < 3 ? "" : folders[folders.length - 3] + " ";
  }

  String stateInWords() {
    String restart = restarts == 0 ? "" : " (restart " + restarts + ")";
    return switch (state) {
      case WAITING -> restarts == 0 ? "waiting" : "restarting" + restart;
      case RUNNING -> "running" + restart;
      case DONE, FAILED -> note + restart;
    };
  }

  String told(Instant now) {
    return name() + " " + percent() + " " + String.join(" ", facts(now));
  }

  /** The line of a terminal: name, bar, share, facts, cut to the terminal's width. */
  String drawn(TerminalStyle style, int nameWidth, Instant now) {
    String head = name() + " ".repeat(nameWidth - name().length()) + "  ";
    String tail =
        state == State.RUNNING
            ? String.format(Locale.ROOT, "%5s  ", percent()) + String.join("  ", facts(now))
            : "  " + stateInWords();
    int room = style.columns() - 1 - head.length() - tail.length();
    int barWidth = Math.max(NARROWEST_BAR, Math.min(WIDEST_BAR, room));
    int tailWidth = Math.max(0, style.columns() - 1 - head.length() - barWidth);
    String cut = tail.substring(0, Math.min(tail.length(), tailWidth)).stripTrailing();
    return head + coloured(bar(style.unicode(), barWidth), style) + cut;
  }

  private String coloured(String bar, TerminalStyle style) {
    return style.colour() ? "\u001b[" + state.ansiColour + "m" + bar + "\u001b[0m" : bar;
  }

  private String bar(boolean unicode, int width) {
    int full = (int) Math.floor(share() * width);
    return unicode
        ? "█".repeat(full) + "░".repeat(width - full)
        : "#".repeat(full) + ".".repeat(width - full);
  }

  private double share() {
    return switch (state) {
      case WAITING -> 0;
      case RUNNING, FAILED -> last.fraction();
      case DONE -> 1;
    };
  }

  private String percent() {
    return (int) Math.floor(100 * share()) + "%";
  }

  private List<String> facts(Instant now) {
    List<String> facts = new ArrayList<>();
    facts.add("epoch " + Math.min(last.epoch() + 1, last.epochs()) + "/" + last.epochs());
    if (round != null) {
      facts.add(round.inWords());
    }
    facts.add(String.format(Locale.ROOT, "loss %.3f", last.loss()));
    facts.add(Quantities.count(Math.round(last.imagesPerSecond())) + " img/s");
    facts.add(timeLeft(now));
    if (restarts > 0) {
      facts.add("restart " + restarts);
    }
    if (last.dataWait() > NOTABLE_DATA_WAIT) {
      facts.add(String.format(Locale.ROOT, "waits for data %.0f%%", 100 * last.dataWait()));
    }
    return facts;
  }

  private String timeLeft(Instant now) {
    Duration silent = Duration.between(heardAt, now);
    if (silent.compareTo(SILENCE) > 0) {
      return "no news for " + Quantities.clock(silent.toSeconds());
    }
    if (!Double.isFinite(last.secondsLeft())) {
      return "?:?? left";
    }
    double left = last.secondsLeft() - silent.toMillis() / 1000.0;
    return Quantities.clock(Math.max(0, Math.round(left))) + " left";
  }
}
