package io.deepincubation.core.data.set;

import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.storage.Sha256;

/**
 * Where a sample comes in a shuffled set: by a number that is a pure function of the seed, the
 * original image and its label. So the order does not depend on where the images lay, or on how
 * many tasks read them.
 */
public final class SampleOrder {

  private static final long PLACE = RandomStream.part("prepare");
  private static final long SPLIT = RandomStream.part("split");
  private static final int DIGITS = 15;

  private SampleOrder() {}

  /**
   * A sample's place.
   *
   * @param seed of the preparation
   * @param file the original image
   * @return 0 to below 2^63; samples are sorted by it
   */
  public static long place(long seed, byte[] file, int label) {
    return stream(seed, file, label, PLACE).nextLong() >>> 1;
  }

  /**
   * The shard of a place.
   *
   * @param shards how many there are
   * @return from 0 to {@code shards - 1}; places are spread evenly over them, in order
   */
  public static int shard(long place, int shards) {
    return (int) Math.multiplyHigh(place, (long) shards << 1);
  }

  /** A number from 0 to 1 that decides a sample's split, whatever its place. */
  public static double share(long seed, byte[] file) {
    return stream(seed, file, 0, SPLIT).nextDouble();
  }

  /** So many shards that each has about {@code shardSize} samples. */
  public static int shards(long samples, int shardSize) {
    return (int) Math.max(1, (samples + shardSize - 1) / shardSize);
  }

  private static RandomStream stream(long seed, byte[] file, int label, long use) {
    String digest = Sha256.of(file);
    long high = Long.parseLong(digest.substring(0, DIGITS), 16);
    long low = Long.parseLong(digest.substring(DIGITS, 2 * DIGITS), 16);
    return RandomStream.of(seed, use, high, low, label);
  }
}
