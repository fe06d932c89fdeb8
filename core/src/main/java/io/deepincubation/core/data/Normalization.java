package io.deepincubation.core.data;

/** ImageNet's mean and standard deviation, which DeiT uses for every data set. */
final class Normalization {

  static final int CHANNELS = ImageCodec.CHANNELS;

  private static final double[] MEAN = {0.485, 0.456, 0.406};
  private static final double[] STD = {0.229, 0.224, 0.225};

  /** By channel and unsigned byte. */
  private static final float[][] TABLE = table();

  private Normalization() {}

  /** The value of a black pixel. */
  static float black(int channel) {
    return TABLE[channel][0];
  }

  /** Normalises a run of one channel's bytes into every {@code step}-th place. */
  static void copy(
      int channel, byte[] from, int start, int length, float[] into, int offset, int step) {
    float[] table = TABLE[channel];
    int target = offset;
    for (int i = start; i < start + length; i++) {
      into[target] = table[from[i] & 0xFF];
      target += step;
    }
  }

  /** Normalises a whole image. */
  static void image(byte[] pixels, int imageBytes, float[] into, int offset) {
    int plane = imageBytes / CHANNELS;
    for (int channel = 0; channel < CHANNELS; channel++) {
      copy(channel, pixels, channel * plane, plane, into, offset + channel * plane, 1);
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
