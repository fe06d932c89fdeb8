package io.deepincubation.spark.progress;

import io.deepincubation.core.run.RunEvent;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What the workers of a stage tell in a round, as one training would tell it.
 *
 * @param began the round
 * @param workers the latest news of each
 */
record RoundNews(RunEvent.RoundBegan began, Map<Integer, RunEvent.Interval> workers) {

  /** Copies. */
  RoundNews {
    workers = Map.copyOf(workers);
  }

  /** A round without news. */
  static RoundNews of(RunEvent.RoundBegan began) {
    return new RoundNews(began, Map.of());
  }

  /** With news of one more worker, or later ones of one. */
  RoundNews with(RunEvent.Interval news) {
    var all = new TreeMap<>(workers);
    all.put(news.assignment().worker(), news);
    return new RoundNews(began, all);
  }

  /** The workers' mean step, the mean of their losses, the sum of their images a second. */
  RunEvent.Interval merged(RunEvent.Interval latest) {
    double waiting = (double) began.fromStep() * (began.workers() - workers.size());
    double steps = sum(RunEvent.Interval::step) + waiting;
    return new RunEvent.Interval(
        latest.assignment(),
        latest.source(),
        latest.time(),
        latest.module(),
        latest.modules(),
        latest.epoch(),
        latest.epochs(),
        (long) (steps / began.workers()),
        latest.steps(),
        sum(RunEvent.Interval::loss) / workers.size(),
        latest.rate(),
        sum(RunEvent.Interval::imagesPerSecond),
        most(RunEvent.Interval::dataWait),
        most(RunEvent.Interval::secondsLeft),
        latest.processBytes());
  }

  private double sum(ToDoubleFunction<RunEvent.Interval> of) {
    return workers.values().stream().mapToDouble(of).sum();
  }

  private double most(ToDoubleFunction<RunEvent.Interval> of) {
    return workers.values().stream().mapToDouble(of).max().orElse(0);
  }

  /** The round in words, from 1. */
  String inWords() {
    return "round " + (began.round() + 1) + "/" + began.rounds();
  }
}
