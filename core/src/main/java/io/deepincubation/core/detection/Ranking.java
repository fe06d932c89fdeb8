package io.deepincubation.core.detection;

import java.util.Arrays;

/** Orders of scores: falling, of equal ones the first comes first. */
final class Ranking {

  private static final int BUCKET_BITS = 16;

  private Ranking() {}

  static int[] of(float[] scores) {
    return top(scores, scores.length);
  }

  /** The best ones. Those far from the best are not sorted, so that many cost little. */
  static int[] top(float[] scores, int count) {
    int worst = count < scores.length ? worstBucket(scores, count) : Integer.MAX_VALUE;
    long[] keys = new long[scores.length];
    int size = 0;
    for (int i = 0; i < scores.length; i++) {
      if (bucket(scores[i]) <= worst) {
        keys[size++] = (long) rank(scores[i]) << Integer.SIZE | i;
      }
    }
    Arrays.sort(keys, 0, size);
    return Arrays.stream(keys, 0, Math.min(count, size)).mapToInt(key -> (int) key).toArray();
  }

  /** The bucket that the last of the best ones is in. */
  private static int worstBucket(float[] scores, int count) {
    int[] sizes = new int[1 << BUCKET_BITS];
    for (float score : scores) {
      sizes[bucket(score)]++;
    }
    int bucket = 0;
    for (int left = count - sizes[0]; left > 0; left -= sizes[bucket]) {
      bucket++;
    }
    return bucket;
  }

  private static int bucket(float score) {
    return (rank(score) >> BUCKET_BITS) + (1 << (BUCKET_BITS - 1));
  }

  /** A whole number that rises as the score falls. */
  private static int rank(float score) {
    int bits = Float.floatToIntBits(score + 0f); // -0 is 0
    return ~(bits < 0 ? bits ^ Integer.MAX_VALUE : bits);
  }
}
