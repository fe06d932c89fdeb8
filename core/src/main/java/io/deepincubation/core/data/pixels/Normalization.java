package io.deepincubation.core.data.pixels;

import java.util.List;

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

  Normalization(List<Double> mean, List<Double> std) {
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
}
