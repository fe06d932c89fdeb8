package io.deepincubation.core.method;

import io.deepincubation.core.network.Weights;
import io.deepincubation.core.run.Assignment;
import io.deepincubation.core.run.Commits;
import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.run.RangeSum;
import io.deepincubation.core.run.Round;
import io.deepincubation.core.run.Rounds;
import io.deepincubation.core.run.RunEvent;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.thread.Parallel;
import io.deepincubation.core.training.StageRounds;
import io.deepincubation.core.training.WorkersMetrics;
import java.time.Instant;
import java.util.ArrayList;
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

  /**
   * Bytes of all workers' changes up to which the driver sums them itself, where nobody says
   * otherwise; above, tasks do.
   */
  public static final long MOST_SUMMED_HERE = 2L << 30;

  /** Ranges that so many bytes of weights have: what is summed at a time is this much smaller. */
  private static final int RANGES = 16;

  /** Ranges that this process sums, and workers' records that it reads, at a time. */
  private static final int AT_A_TIME = 4;

  /** Where the workers' parts of a round are computed: in this process, or on a cluster. */
  public interface Workers {

    /**
     * Computes parts of rounds; when it returns, all of them are handed in.
     *
     * @param stages that they are of
     * @param parts which
     */
    void compute(List<Stage> stages, List<Assignment> parts);

    /**
     * Sums ranges of weights; when it returns, all of them are handed in.
     *
     * @param stages that they are of
     * @param sums which
     */
    void sum(List<Stage> stages, List<RangeSum> sums);
  }

  private final Commits commits;
  private final RunInputs inputs;
  private final int trainImages;
  private final RoundWork here;
  private final Workers workers;
  private final long mostSummedHere;
  private final RunObserver observer;
  private final RunEvent.Source source;

  /**
   * Prepares the driver.
   *
   * @param commits the driver's
   * @param context the run, in this process
   * @param here puts networks together in this process
   * @param workers compute the parts
   * @param mostSummedHere bytes of all workers' changes up to which this process sums them itself
   */
  public RoundsRun(
      Commits commits, RunContext context, RoundWork here, Workers workers, long mostSummedHere) {
    this.mostSummedHere = mostSummedHere;
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
        workers.compute(stages(left), parts);
      }
      List<RangeSum> sums = left.stream().flatMap(one -> one.missingSums().stream()).toList();
      if (!sums.isEmpty()) {
        workers.sum(stages(left), sums);
      }
      left.forEach(Training::commit);
      left = left.stream().filter(Training::goesOn).toList();
    }
  }

  /**
   * Bytes of a range of weights.
   *
   * @param mostSummedHere bytes of all workers' changes up to which the driver sums them itself
   */
  static long rangeBytes(long mostSummedHere) {
    return mostSummedHere / RANGES;
  }

  private static List<Stage> stages(List<Training> trainings) {
    return trainings.stream().map(one -> one.stage).toList();
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
      round = rounds.latest().orElseGet(this::begin);
    }

    private Round begin() {
      RoundWork.Start start = here.begin(stage, StageInputs.of(commits.folder()));
      List<Weights> weights = start.weights().ranges(rangeBytes(mostSummedHere));
      List<Round.Range> ranges =
          IntStream.range(0, weights.size())
              .mapToObj(i -> rounds.write(0, i, weights.get(i), null))
              .toList();
      return commits.commit(
          rounds,
          new Rounds.Beginning(0, 0, ranges, start.statistics(), List.of(), Map.of(), List.of()));
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

    List<Assignment> missing() {
      return RoundSum.parts(stage, round).stream()
          .filter(part -> !rounds.isHandedIn(part))
          .toList();
    }

    private boolean isSummedHere() {
      return stage.workers() * round.bytes() <= mostSummedHere;
    }

    private List<RangeSum> sums() {
      return IntStream.range(0, round.ranges().size())
          .mapToObj(range -> new RangeSum(stage.name(), round.number(), range))
          .toList();
    }

    List<RangeSum> missingSums() {
      return isSummedHere()
          ? List.of()
          : sums().stream().filter(sum -> rounds.summed(sum).isEmpty()).toList();
    }

    private Round.Range summed(RangeSum sum) {
      Optional<Round.Range> made = isSummedHere() ? Optional.empty() : rounds.summed(sum);
      return made.orElseGet(() -> new RoundSum(stage, rounds).of(round, sum.range()));
    }

    void commit() {
      List<RangeSum> sums = sums();
      List<Round.Range> ranges =
          Parallel.map(sums.size(), AT_A_TIME, range -> summed(sums.get(range)));
      List<Assignment> parts = RoundSum.parts(stage, round);
      List<Rounds.Done> done =
          Parallel.map(parts.size(), AT_A_TIME, worker -> rounds.done(parts.get(worker)));
      List<Round.Worker> goOn = done.stream().map(Rounds.Done::goesOn).toList();
      List<MetricsLine> added =
          WorkersMetrics.lines(done.stream().map(Rounds.Done::metrics).toList());
      var metrics = new ArrayList<>(round.metrics());
      metrics.addAll(added);
      Round before = round;
      round =
          commits.commit(
              rounds,
              new Rounds.Beginning(
                  before.number() + 1,
                  plan.end(before.step()),
                  ranges,
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
