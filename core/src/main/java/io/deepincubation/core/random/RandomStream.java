package io.deepincubation.core.random;

import java.util.random.RandomGenerator;

/**
 * A stream of random numbers that is a pure function of its key, so that a draw for (seed, stage,
 * module, epoch, step, sample) is the same whatever was drawn before it or runs beside it.
 *
 * <p>The n-th number is SplitMix64's finalizer of {@code key + n * golden ratio} (Steele, Lea and
 * Flood, "Fast splittable pseudorandom number generators", 2014); the key is a chain of the same
 * finalizer over its parts.
 */
public final class RandomStream implements RandomGenerator {

  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  private long state;

  private RandomStream(long key) {
    this.state = key;
  }

  /**
   * The stream of a key.
   *
   * @param parts what the draws are for; streams of different parts are independent
   */
  public static RandomStream of(long... parts) {
    long key = GOLDEN_RATIO;
    for (long part : parts) {
      key = mix(key ^ mix(part + GOLDEN_RATIO));
    }
    return new RandomStream(key);
  }

  /** A number that stands for a word in a key, such as a stage's or a parameter's name. */
  public static long part(String word) {
    long part = word.length();
    for (int i = 0; i < word.length(); i++) {
      part = mix(part ^ word.charAt(i));
    }
    return part;
  }

  @Override
  public long nextLong() {
    state += GOLDEN_RATIO;
    return mix(state);
  }

  /** A standard normal draw by Box and Muller's formula, the same on every platform. */
  @Override
  public double nextGaussian() {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
    return radius * StrictMath.cos(2 * Math.PI * nextDouble());
  }

  private static long mix(long value) {
    value = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    value = (value ^ (value >>> 27)) * 0x94D049BB133111EBL;
    return value ^ (value >>> 31);
  }
}
