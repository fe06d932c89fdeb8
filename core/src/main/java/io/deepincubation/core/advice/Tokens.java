package io.deepincubation.core.advice;

import io.deepincubation.core.data.set.ImageSizes;
import java.util.stream.IntStream;

/**
 * What a vision transformer reads of a set's images.
 *
 * @param image side of the square input in pixels
 * @param patch side of a patch in pixels, a divisor of it
 */
record Tokens(int image, int patch) {

  /** The largest side whose patches are a few pixels. */
  private static final int SMALL = 64;

  private static final int FEWEST = 4;
  private static final int MOST_OF_SMALL = 8;
  private static final int LARGEST_PATCH = 16;

  /** Patches of an image. */
  int count() {
    return image / patch * (image / patch);
  }

  /**
   * Patches of a set's images.
   *
   * @param sizes of them, at least 4 pixels each way
   * @param wanted patches in a row
   */
  static Tokens of(ImageSizes sizes, int wanted) {
    int side = side(sizes);
    if (side <= SMALL) {
      return ofSmall(side, Math.min(wanted, MOST_OF_SMALL));
    }
    int patch = Math.min(LARGEST_PATCH, side / wanted);
    return new Tokens(wanted * patch, patch);
  }

  /** A side that images have or are brought to: their shorter one, but no icon's of photographs. */
  static int side(ImageSizes sizes) {
    int shorter = Math.min(sizes.minHeight(), sizes.minWidth());
    int longest = Math.min(sizes.maxHeight(), sizes.maxWidth());
    return Math.max(shorter, Math.min(SMALL, longest));
  }

  /** As many in a row as are wanted or nearly, without cutting pixels off if that can be. */
  private static Tokens ofSmall(int side, int wanted) {
    return IntStream.rangeClosed(FEWEST, MOST_OF_SMALL)
        .filter(row -> side % row == 0)
        .boxed()
        .min((a, b) -> Integer.compare(Math.abs(a - wanted), Math.abs(b - wanted)))
        .map(row -> new Tokens(side, side / row))
        .orElseGet(() -> new Tokens(FEWEST * (side / FEWEST), side / FEWEST));
  }
}
