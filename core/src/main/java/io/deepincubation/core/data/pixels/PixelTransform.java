package io.deepincubation.core.data.pixels;

import java.io.IOException;
import java.util.List;

/**
 * What evaluation and inference do to an image: nothing where it has the network's size, else the
 * middle square after the shorter side was resized (bicubic); then it is normalised.
 */
public final class PixelTransform {

  /** The part of the resized shorter side that DeiT keeps. */
  private static final double DEIT_CROP = 224.0 / 256;

  /** Pixels of an image above which it is refused, so that no small file fills the memory. */
  private static final long MOST_PIXELS = 178_956_970;

  private final int side;
  private final double crop;
  private final List<Double> mean;
  private final List<Double> std;
  private final Normalization normalization;

  /**
   * A transform.
   *
   * @param side of the square that the network sees, in pixels
   * @param crop the part of the resized shorter side that is kept, above 0 to 1
   * @param mean of each channel, 0 to 1
   * @param std standard deviation of each channel, above 0
   */
  public PixelTransform(int side, double crop, List<Double> mean, List<Double> std) {
    if (side < 1 || !(crop > 0) || crop > 1) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot make images fit: expected a side from 1 and a crop above 0, up to 1, got %d"
                  + " and %s",
              side, crop));
    }
    if (mean.size() != Normalization.CHANNELS
        || std.size() != Normalization.CHANNELS
        || !std.stream().allMatch(each -> each > 0)) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot normalise images: expected 3 means and 3 standard deviations above 0, got %s"
                  + " and %s",
              mean, std));
    }
    this.side = side;
    this.crop = crop;
    this.mean = List.copyOf(mean);
    this.std = List.copyOf(std);
    normalization = new Normalization(mean, std);
  }

  /** DeiT's evaluation: 224/256 of the shorter side, ImageNet's mean and standard deviation. */
  public static PixelTransform deit(int side) {
    return new PixelTransform(
        side, DEIT_CROP, Normalization.IMAGENET_MEAN, Normalization.IMAGENET_STD);
  }

  /** Side of the square that the network sees, in pixels. */
  public int side() {
    return side;
  }

  /** The part of the resized shorter side that is kept. */
  public double crop() {
    return crop;
  }

  /** Mean of each channel, 0 to 1. */
  public List<Double> mean() {
    return mean;
  }

  /** Standard deviation of each channel, 0 to 1. */
  public List<Double> std() {
    return std;
  }

  /**
   * What the network gets of an image.
   *
   * @return 3 x S x S normalised values, row-major
   * @throws IOException if the image is damaged or too large; the message says so
   */
  public float[] values(Picture picture) throws IOException {
    long pixels = (long) picture.height() * picture.width();
    if (pixels > MOST_PIXELS) {
      throw new IOException("expected at most " + MOST_PIXELS + " pixels, got " + pixels);
    }
    try {
      float[] values = new float[Normalization.CHANNELS * side * side];
      write(picture, values, 0);
      return values;
    } catch (UnfitDataException e) {
      throw new IOException(e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
    } catch (RuntimeException e) {
      throw new IOException("expected a whole image, got a damaged one: " + e, e);
    }
  }

  /** Writes what the network gets of an image, 3 x S x S. */
  public void write(Picture picture, float[] into, int offset) {
    normalization.apply(square(picture), into, offset);
  }

  /** The S x S pixels that the network sees. */
  public Pixels square(Picture picture) {
    if (picture.height() == side && picture.width() == side) {
      return picture.pixels();
    }
    int shorter = (int) (side / crop);
    Box whole = Box.whole(picture.height(), picture.width());
    return Resampling.middle(Resampling.shorterSide(picture.part(whole, shorter), shorter), side);
  }
}
