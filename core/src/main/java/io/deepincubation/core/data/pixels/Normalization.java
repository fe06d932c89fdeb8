package io.deepincubation.core.data.pixels;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The mean and standard deviation that pixels are normalised by, per channel. */
public final class Normalization {

  public static final int CHANNELS = ImageCodec.CHANNELS;

  /** ImageNet's mean of each channel, of values in [0, 1]. */
  public static final List<Double> IMAGENET_MEAN = List.of(0.485, 0.456, 0.406);

  /** ImageNet's standard deviation of each channel, of values in [0, 1]. */
  public static final List<Double> IMAGENET_STD = List.of(0.229, 0.224, 0.225);

  /** ImageNet's, which DeiT uses for every data set. */
  public static final Normalization IMAGENET = new Normalization(IMAGENET_MEAN, IMAGENET_STD);

  /** By channel and unsigned byte. */
  private final float[][] table = new float[CHANNELS][256];

  /**
   * Normalises by these.
   *
   * @param mean of each channel, 0 to 1
   * @param std standard deviation of each channel, above 0
   */
  public Normalization(List<Double> mean, List<Double> std) {
    if (mean.size() != CHANNELS
        || std.size() != CHANNELS
        || !std.stream().allMatch(each -> each > 0)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot normalise images: expected 3 means and 3 standard deviations above 0, got %s"
                  + " and %s",
              mean,
              std));
    }
    for (int channel = 0; channel < CHANNELS; channel++) {
      for (int value = 0; value < 256; value++) {
        double share = value / 255.0;
        table[channel][value] = (float) ((share - mean.get(channel)) / std.get(channel));
      }
    }
  }

  /** Writes an image's values, C x H x W. */
  public void apply(Pixels pixels, float[] into, int offset) {
    byte[] values = pixels.values();
    int plane = pixels.plane();
    for (int channel = 0; channel < CHANNELS; channel++) {
      float[] ofChannel = table[channel];
      int start = channel * plane;
      for (int i = start; i < start + plane; i++) {
        into[offset + i] = ofChannel[values[i] & 0xFF];
      }
    }
  }

  /**
   * Writes an image's values into the upper left of a frame, C x H x W; the rest of it becomes 0,
   * the mean colour.
   *
   * @param height H, no less than the image's
   * @param width W, no less than the image's
   */
  public void apply(Pixels pixels, float[] into, int offset, int height, int width) {
    Arrays.fill(into, offset, offset + CHANNELS * height * width, 0);
    byte[] values = pixels.values();
    for (int line = 0; line < CHANNELS * pixels.height(); line++) {
      int channel = line / pixels.height();
      float[] ofChannel = table[channel];
      int from = line * pixels.width();
      int to = offset + (channel * height + line % pixels.height()) * width;
      for (int x = 0; x < pixels.width(); x++) {
        into[to + x] = ofChannel[values[from + x] & 0xFF];
      }
    }
  }
}
