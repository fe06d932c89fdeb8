package io.deepincubation.core.data.set;

import java.util.Locale;

/**
 * The sizes of a set's images.
 *
 * @param minHeight rows of the lowest
 * @param maxHeight rows of the highest
 * @param minWidth columns of the narrowest
 * @param maxWidth columns of the widest
 */
public record ImageSizes(int minHeight, int maxHeight, int minWidth, int maxWidth) {

  /** Checks that there are pixels. */
  public ImageSizes {
    if (minHeight < 1 || minWidth < 1 || maxHeight < minHeight || maxWidth < minWidth) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot use image sizes: expected rows and columns from 1, got %d to %d and %d to %d",
              minHeight,
              maxHeight,
              minWidth,
              maxWidth));
    }
  }

  /** Images that are all of one size. */
  public static ImageSizes of(int height, int width) {
    return new ImageSizes(height, height, width, width);
  }

  /** The sizes of these images and others. */
  public ImageSizes and(ImageSizes other) {
    return new ImageSizes(
        Math.min(minHeight, other.minHeight),
        Math.max(maxHeight, other.maxHeight),
        Math.min(minWidth, other.minWidth),
        Math.max(maxWidth, other.maxWidth));
  }

  /** Whether all images are of this size. */
  public boolean are(int height, int width) {
    return equals(of(height, width));
  }

  /** Whether all images are of one size. */
  public boolean areUniform() {
    return are(minHeight, minWidth);
  }

  /** The sizes in words, such as {@code 32 x 32} or {@code 80 x 100 to 375 x 500}. */
  @Override
  public String toString() {
    String lowest = minHeight + " x " + minWidth;
    return areUniform() ? lowest : lowest + " to " + maxHeight + " x " + maxWidth;
  }
}
