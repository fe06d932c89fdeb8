package io.deepincubation.core.run;

import java.io.Serializable;
import java.util.Locale;

/**
 * What one task computes: a stage, or what one of its workers does in a round.
 *
 * @param stage the stage's name
 * @param round from 0; 0 for a whole stage
 * @param worker from 0; 0 for a whole stage
 * @param workers of the stage; 1 for a whole stage
 */
public record Assignment(String stage, int round, int worker, int workers) implements Serializable {

  /** Checks. */
  public Assignment {
    if (round < 0 || worker < 0 || worker >= workers) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot assign a part of %s: expected a round from 0 and a worker below their number,"
                  + " got round %d and worker %d of %d",
              stage,
              round,
              worker,
              workers));
    }
  }

  /** All of a stage, or what is left of it when its rounds are done. */
  public static Assignment whole(String stage) {
    return new Assignment(stage, 0, 0, 1);
  }

  /** Whether it is a worker's part of a round. */
  public boolean isPart() {
    return workers > 1;
  }

  /** In words, such as {@code modules/0} or {@code final, round 3, worker 2 of 4}; from 1. */
  public String inWords() {
    return isPart()
        ? String.format(
            Locale.ROOT, "%s, round %d, worker %d of %d", stage, round + 1, worker + 1, workers)
        : stage;
  }
}
