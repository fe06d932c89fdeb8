package io.deepincubation.core.data;

/** ImageNet's mean and standard deviation, which DeiT uses for every data set. */
final class Normalization {

  static final int CHANNELS = ImageCodec.CHANNELS;

  private static final double[] MEAN = {0.485, 0.456, 0.406};
  private static final double[] STD = {0.229, 0.224, 0.225};

  /** By channel and unsigned byte. */
  private static final float[][] TABLE = table();

  private Normalization() {}

  /** Writes an image's values, C x H x W. */
  static void apply(Pixels pixels, float[] into, int offset) {
    byte[] values = pixels.values();
    int plane = pixels.plane();
    for (int channel = 0; channel < CHANNELS; channel++) {
      float[] table = TABLE[channel];
      int start = channel * plane;
      for (int i = start; i < start + plane; i++) {
        into[offset + i] = table[values[i] & 0xFF];
      }
    }
  }

  private static float[][] table() {
    float[][] table = new float[CHANNELS][256];
    for (int channel = 0; channel < CHANNELS; channel++) {
      for (int value = 0; value < 256; value++) {
        table[channel][value] = (float) ((value / 255.0 - MEAN[channel]) / STD[channel]);
      }
    }
    return table;
  }
}
