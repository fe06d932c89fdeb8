package io.deepincubation.core.run;

import java.io.Serializable;
import java.util.Locale;

/**
 * The sum of one range of a stage's weights at the end of a round, over all workers.
 *
 * @param stage the stage's name
 * @param round that ends, from 0
 * @param range of {@link Round#ranges}, from 0
 */
public record RangeSum(String stage, int round, int range) implements Serializable {

  /** In words, such as {@code final, round 3, range 2}; from 1. */
  public String inWords() {
    return String.format(Locale.ROOT, "%s, round %d, range %d", stage, round + 1, range + 1);
  }
}
