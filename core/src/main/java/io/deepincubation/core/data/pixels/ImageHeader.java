package io.deepincubation.core.data.pixels;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a JPEG or PNG file says about itself.
 *
 * @param kind which of the two
 * @param height rows
 * @param width columns
 */
public record ImageHeader(Kind kind, int height, int width) {

  /** The kinds of files that are read. */
  public enum Kind {
    JPEG,
    PNG
  }

  private static final byte[] PNG_START = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final int PNG_SIZE = 16;

  /** Pillow's limit; it keeps a small file from filling the memory. */
  private static final long MOST_PIXELS = 178_956_970;

  /**
   * Reads a file's header.
   *
   * @throws IOException if it is no JPEG or PNG file, cut off in its header, or of more pixels than
   *     are decoded
   */
  public static ImageHeader of(byte[] file) throws IOException {
    if (file.length >= PNG_SIZE + 2 * Integer.BYTES
        && Arrays.equals(file, 0, PNG_START.length, PNG_START, 0, PNG_START.length)) {
      ByteBuffer size = ByteBuffer.wrap(file, PNG_SIZE, 2 * Integer.BYTES);
      int width = size.getInt();
      return checked(new ImageHeader(Kind.PNG, size.getInt(), width));
    }
    if (file.length >= 2 && file[0] == (byte) 0xFF && file[1] == (byte) 0xD8) {
      return checked(jpeg(file));
    }
    throw new IOException("expected a PNG or JPEG file, got " + beginning(file));
  }

  private static ImageHeader jpeg(byte[] file) throws IOException {
    JpegFrame frame = JpegFrame.of(file);
    return new ImageHeader(Kind.JPEG, frame.height(), frame.width());
  }

  private static ImageHeader checked(ImageHeader header) throws IOException {
    if (header.height() < 1 || header.width() < 1) {
      throw new IOException(
          "expected an image of 1 x 1 pixels or more, got "
              + header.height()
              + " x "
              + header.width());
    }
    long pixels = (long) header.height() * header.width();
    if (pixels > MOST_PIXELS) {
      throw new IOException("expected at most " + MOST_PIXELS + " pixels, got " + pixels);
    }
    return header;
  }

  private static String beginning(byte[] file) {
    String start = new String(file, 0, Math.min(4, file.length), StandardCharsets.US_ASCII);
    return file.length
        + " other bytes"
        + (start.chars().allMatch(c -> c > ' ' && c < 127) && !start.isEmpty()
            ? ", beginning with " + start
            : "");
  }
}
