package io.deepincubation.core.data.pixels;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * What evaluation and inference do to an image, whatever its size: its shorter side is resized
 * (bicubic) to the network's side by the part that is kept, the middle square is taken, and it is
 * normalised. All of it is done as timm and torchvision do it, to the pixel.
 */
public final class PixelTransform {

  /** The part of the resized shorter side that DeiT keeps. */
  private static final double DEIT_CROP = 224.0 / 256;

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
              Locale.ROOT,
              "Cannot make images fit: expected a side from 1 and a crop above 0, up to 1, got %d"
                  + " and %s",
              side,
              crop));
    }
    this.side = side;
    this.crop = crop;
    this.mean = List.copyOf(mean);
    this.std = List.copyOf(std);
    normalization = new Normalization(mean, std);
  }

  /**
   * DeiT's evaluation of large images: 224/256 of the shorter side, ImageNet's mean and standard
   * deviation.
   */
  public static PixelTransform deit(int side) {
    return new PixelTransform(
        side, DEIT_CROP, Normalization.IMAGENET_MEAN, Normalization.IMAGENET_STD);
  }

  /**
   * DeiT's evaluation of images that training sees whole: all of the shorter side, so that images
   * of the network's size stay as they are; ImageNet's mean and standard deviation.
   */
  public static PixelTransform uncropped(int side) {
    return new PixelTransform(side, 1, Normalization.IMAGENET_MEAN, Normalization.IMAGENET_STD);
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
   * @throws IOException if the image is damaged; the message says so
   */
  public float[] values(Picture picture) throws IOException {
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
    Pixels image = picture.pixels();
    int kept = (int) (side / crop);
    int shorter = Math.min(image.height(), image.width());
    Pixels resized =
        Resampling.resized(
            image, resized(image.height(), kept, shorter), resized(image.width(), kept, shorter));
    int top = middle(resized.height());
    int left = middle(resized.width());
    return resized.part(new Box(top, top + side, left, left + side), side);
  }

  /** Torchvision cuts a pixel's part off. */
  private static int resized(int size, int kept, int shorter) {
    return (int) ((double) ((long) size * kept) / shorter);
  }

  /** Where the square begins; torchvision rounds a half to the even number. */
  private int middle(int size) {
    return (int) Math.rint((size - side) / 2.0);
  }
}
