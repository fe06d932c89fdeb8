package io.deepincubation.core.random;

/** Shuffled orders that are pure functions of a random stream's key. */
public final class Permutation {

  private Permutation() {}

  /**
   * The numbers from 0 to size - 1 in an order that any other is as likely as (Fisher and Yates).
   *
   * @param random decides the order
   * @param size how many numbers
   */
  public static int[] of(RandomStream random, int size) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      int other = below(random, i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return order;
  }

  /** A draw from 0 to bound - 1. */
  public static int below(RandomStream random, int bound) {
    return (int) (random.nextDouble() * bound);
  }
}
