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
  private static final int START_OF_IMAGE = 0xFFD8;
  private static final int START_OF_SCAN = 0xDA;
  private static final int FIRST_FRAME = 0xC0;
  private static final int LAST_FRAME = 0xCF;

  /**
   * Reads a file's header.
   *
   * @throws IOException if it is no JPEG or PNG file, or cut off in its header
   */
  public static ImageHeader of(byte[] file) throws IOException {
    if (file.length >= PNG_SIZE + 2 * Integer.BYTES
        && Arrays.equals(file, 0, PNG_START.length, PNG_START, 0, PNG_START.length)) {
      ByteBuffer size = ByteBuffer.wrap(file, PNG_SIZE, 2 * Integer.BYTES);
      int width = size.getInt();
      return checked(new ImageHeader(Kind.PNG, size.getInt(), width));
    }
    if (file.length >= 2 && word(file, 0) == START_OF_IMAGE) {
      return checked(jpeg(file));
    }
    throw new IOException("expected a PNG or JPEG file, got " + beginning(file));
  }

  private static ImageHeader jpeg(byte[] file) throws IOException {
    int at = 2;
    while (at + 9 < file.length) {
      int marker = file[at + 1] & 0xFF;
      if (file[at] != (byte) 0xFF || marker == START_OF_SCAN) {
        break;
      }
      if (marker == 0xFF) {
        at++;
      } else if (isFrame(marker)) {
        return new ImageHeader(Kind.JPEG, word(file, at + 5), word(file, at + 7));
      } else {
        at += 2 + word(file, at + 2);
      }
    }
    throw new IOException("expected a JPEG file with a frame header, got one without");
  }

  /** Start of a frame; three numbers between stand for tables. */
  private static boolean isFrame(int marker) {
    return marker >= FIRST_FRAME
        && marker <= LAST_FRAME
        && marker != 0xC4
        && marker != 0xC8
        && marker != 0xCC;
  }

  private static int word(byte[] file, int at) {
    return (file[at] & 0xFF) << 8 | (file[at + 1] & 0xFF);
  }

  private static ImageHeader checked(ImageHeader header) throws IOException {
    if (header.height() < 1 || header.width() < 1) {
      throw new IOException(
          "expected an image of 1 x 1 pixels or more, got "
              + header.height()
              + " x "
              + header.width());
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
