package io.deepincubation.core.method;

import io.deepincubation.core.network.Weights;
import io.deepincubation.core.run.Assignment;
import io.deepincubation.core.run.Commits;
import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.run.Round;
import io.deepincubation.core.run.Rounds;
import io.deepincubation.core.run.RunEvent;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.training.OuterStep;
import io.deepincubation.core.training.StageRounds;
import io.deepincubation.core.training.WorkersMetrics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Trains stages of several workers, as the driver does it: round after round, the workers' parts of
 * all stages together. A round is committed when all its parts are in; what is committed, or was
 * handed in before the driver was lost, is not computed again.
 */
public final class RoundsRun {

  /** Where the workers' parts of a round are computed: in this process, or on a cluster. */
  @FunctionalInterface
  public interface Workers {

    /**
     * Computes parts of rounds; when it returns, all of them are handed in.
     *
     * @param stages that they are of
     * @param parts which
     */
    void compute(List<Stage> stages, List<Assignment> parts);
  }

  private final Commits commits;
  private final RunInputs inputs;
  private final int trainImages;
  private final RoundWork here;
  private final Workers workers;
  private final RunObserver observer;
  private final RunEvent.Source source;

  /**
   * Prepares the driver.
   *
   * @param commits the driver's
   * @param context the run, in this process
   * @param here puts networks together in this process
   * @param workers compute the parts
   */
  public RoundsRun(Commits commits, RunContext context, RoundWork here, Workers workers) {
    this.commits = commits;
    this.here = here;
    this.workers = workers;
    inputs = context.inputs();
    trainImages = context.data().train().learnt();
    observer = context.observer();
    source = new RunEvent.Source(context.attempt().executor(), 0, "", "");
  }

  /**
   * Trains stages to the end of their last rounds; what is left is to measure and commit them.
   *
   * @param stages of several workers, which need nothing of one another
   */
  public void run(List<Stage> stages) {
    List<Training> left = stages.stream().map(Training::new).filter(Training::goesOn).toList();
    while (!left.isEmpty()) {
      left.forEach(Training::tellBegin);
      List<Assignment> parts = left.stream().flatMap(one -> one.missing().stream()).toList();
      if (!parts.isEmpty()) {
        workers.compute(left.stream().map(one -> one.stage).toList(), parts);
      }
      left.forEach(Training::commit);
      left = left.stream().filter(Training::goesOn).toList();
    }
  }

  /** One stage, and the round that it is in. */
  private final class Training {

    private final Stage stage;
    private final Rounds rounds;
    private final StageRounds plan;
    private Round round;

    Training(Stage stage) {
      this.stage = stage;
      rounds = commits.folder().rounds(stage.name(), stage.key(inputs));
      plan = StageRounds.of(stage.recipe(), stage.schedule(), trainImages);
      round =
          rounds
              .latest()
              .orElseGet(
                  () ->
                      commits.commit(rounds, here.begin(stage, StageInputs.of(commits.folder()))));
    }

    boolean goesOn() {
      return round.step() < plan.steps();
    }

    void tellBegin() {
      int all = round.number() + plan.countFrom(round.step());
      observer.on(
          new RunEvent.RoundBegan(
              stage.name(), source, now(), round.number(), all, stage.workers(), round.step()));
    }

    private List<Assignment> parts() {
      return IntStream.range(0, stage.workers())
          .mapToObj(w -> new Assignment(stage.name(), round.number(), w, stage.workers()))
          .toList();
    }

    List<Assignment> missing() {
      return parts().stream().filter(part -> !rounds.isHandedIn(part)).toList();
    }

    void commit() {
      var goOn = new ArrayList<Round.Worker>();
      var lines = new ArrayList<List<MetricsLine>>();
      Iterator<Weights> differences =
          parts().stream()
              .map(
                  part -> {
                    Rounds.Done done = rounds.done(part);
                    goOn.add(done.goesOn());
                    lines.add(done.metrics());
                    return done.difference();
                  })
              .iterator();
      OuterStep.Result result =
          new OuterStep(stage.recipe().rounds(), new HashSet<>(round.statistics()))
              .of(rounds.weights(round), rounds.momentum(round).orElse(null), differences);
      List<MetricsLine> added = WorkersMetrics.lines(lines);
      var metrics = new ArrayList<>(round.metrics());
      metrics.addAll(added);
      Round before = round;
      round =
          commits.commit(
              rounds,
              new Rounds.Beginning(
                  before.number() + 1,
                  plan.end(before.step()),
                  result.weights(),
                  Optional.ofNullable(result.momentum()),
                  before.statistics(),
                  goOn,
                  WorkersMetrics.counters(
                      before.counters(), counters(before.workers()), counters(goOn)),
                  metrics));
      observer.on(new RunEvent.RoundEnded(stage.name(), source, now(), before.number(), added));
    }
  }

  private static List<Map<String, Double>> counters(List<Round.Worker> workers) {
    return workers.stream().map(Round.Worker::counters).toList();
  }

  private static String now() {
    return Instant.now().toString();
  }
}
