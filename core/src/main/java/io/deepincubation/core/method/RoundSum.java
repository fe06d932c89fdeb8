package io.deepincubation.core.method;

import io.deepincubation.core.network.Weights;
import io.deepincubation.core.run.Assignment;
import io.deepincubation.core.run.RangeSum;
import io.deepincubation.core.run.Round;
import io.deepincubation.core.run.Rounds;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.training.OuterStep;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the workers' changes in a round make of one range of a stage's weights. The outer step goes
 * tensor by tensor, so the bytes do not follow from how weights are cut into ranges, nor from where
 * each is summed.
 */
public final class RoundSum {

  private final Stage stage;
  private final Rounds rounds;

  /**
   * Prepares sums of a stage.
   *
   * @param stage of several workers
   * @param rounds its
   */
  RoundSum(Stage stage, Rounds rounds) {
    this.stage = stage;
    this.rounds = rounds;
  }

  /**
   * Sums a range that nobody has handed in yet, and hands it in.
   *
   * @param stage of several workers
   * @param sum which; all workers' parts of its round are handed in
   * @param folder the run's
   * @param inputs the run's
   */
  public static void run(Stage stage, RangeSum sum, RunFolder folder, RunInputs inputs) {
    Rounds rounds = folder.rounds(stage.name(), stage.key(inputs));
    if (rounds.summed(sum).isEmpty()) {
      Round round = rounds.worked(sum.round(), sum.inWords());
      rounds.handIn(sum, new RoundSum(stage, rounds).of(round, sum.range()));
    }
  }

  /** Sums a range of a round, one worker's change after the other, and writes what comes of it. */
  Round.Range of(Round round, int range) {
    Iterator<Weights> differences =
        parts(stage, round).stream().map(part -> rounds.difference(part, range)).iterator();
    OuterStep.Result result =
        new OuterStep(stage.recipe().rounds(), new HashSet<>(round.statistics()))
            .of(
                rounds.weights(round, range),
                rounds.momentum(round, range).orElse(null),
                differences);
    return rounds.write(round.number() + 1, range, result.weights(), result.momentum());
  }

  /** The workers' parts of a round, in their order. */
  static List<Assignment> parts(Stage stage, Round round) {
    return IntStream.range(0, stage.workers())
        .mapToObj(w -> new Assignment(stage.name(), round.number(), w, stage.workers()))
        .toList();
  }
}
