package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.Pixels;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * An image as a set keeps it, with what its pixels add to the set's statistics.
 *
 * @param file bytes of a PNG or JPEG file
 * @param height rows
 * @param width columns
 * @param sums per channel, the sum of all pixels, each 0 to 255
 * @param squares per channel, the sum of all pixels squared
 */
public record FittedImage(byte[] file, int height, int width, long[] sums, long[] squares)
    implements Fitted {

  static FittedImage of(byte[] file, Pixels pixels) {
    long[] sums = new long[ImageCodec.CHANNELS];
    long[] squares = new long[ImageCodec.CHANNELS];
    int plane = pixels.plane();
    for (int channel = 0; channel < ImageCodec.CHANNELS; channel++) {
      for (int i = channel * plane; i < (channel + 1) * plane; i++) {
        int value = pixels.values()[i] & 0xFF;
        sums[channel] += value;
        squares[channel] += (long) value * value;
      }
    }
    return new FittedImage(file, pixels.height(), pixels.width(), sums, squares);
  }

  @Override
  public byte[] bytes() {
    return file;
  }

  @Override
  public ShardColumns columns() {
    return ShardColumns.IMAGES;
  }

  void writeTo(DataOutputStream out) throws IOException {
    out.writeInt(height);
    out.writeInt(width);
    for (int channel = 0; channel < ImageCodec.CHANNELS; channel++) {
      out.writeLong(sums[channel]);
      out.writeLong(squares[channel]);
    }
    out.write(file);
  }

  static FittedImage readFrom(DataInputStream in) throws IOException {
    int height = in.readInt();
    int width = in.readInt();
    long[] sums = new long[ImageCodec.CHANNELS];
    long[] squares = new long[ImageCodec.CHANNELS];
    for (int channel = 0; channel < ImageCodec.CHANNELS; channel++) {
      sums[channel] = in.readLong();
      squares[channel] = in.readLong();
    }
    return new FittedImage(in.readAllBytes(), height, width, sums, squares);
  }
}
