package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.Pixels;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * An image as a set keeps it, with what its pixels add to the set's statistics.
 *
 * @param file bytes of a PNG or JPEG file
 * @param height rows
 * @param width columns
 * @param sums per channel, the sum of all pixels, each 0 to 255
 * @param squares per channel, the sum of all pixels squared
 */
public record FittedImage(byte[] file, int height, int width, long[] sums, long[] squares) {

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

  /** The image and its label for the wire. */
  public byte[] toBytes(int label) {
    var bytes = new ByteArrayOutputStream(file.length + 100);
    try (var out = new DataOutputStream(bytes)) {
      out.writeInt(label);
      out.writeInt(height);
      out.writeInt(width);
      for (int channel = 0; channel < ImageCodec.CHANNELS; channel++) {
        out.writeLong(sums[channel]);
        out.writeLong(squares[channel]);
      }
      out.write(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Reads what {@link #toBytes} gave. */
  public static FittedSample fromBytes(byte[] bytes) {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int label = in.readInt();
      int height = in.readInt();
      int width = in.readInt();
      long[] sums = new long[ImageCodec.CHANNELS];
      long[] squares = new long[ImageCodec.CHANNELS];
      for (int channel = 0; channel < ImageCodec.CHANNELS; channel++) {
        sums[channel] = in.readLong();
        squares[channel] = in.readLong();
      }
      byte[] file = in.readAllBytes();
      return new FittedSample(new FittedImage(file, height, width, sums, squares), label);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
