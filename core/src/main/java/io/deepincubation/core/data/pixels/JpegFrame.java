package io.deepincubation.core.data.pixels;

import java.io.IOException;
import java.util.Arrays;

/**
 * What a JPEG file says of its pixels before they begin. What stands between its markers is passed
 * over, as libjpeg does.
 *
 * @param height rows
 * @param width columns
 * @param components samples of a pixel
 * @param transformed whether Adobe's mark says that colours were turned to brightness and chroma
 */
record JpegFrame(int height, int width, int components, boolean transformed) {

  private static final int START_OF_SCAN = 0xDA;
  private static final int END_OF_IMAGE = 0xD9;
  private static final int FIRST_FRAME = 0xC0;
  private static final int LAST_FRAME = 0xCF;
  private static final int FRAME_BYTES = 10;
  private static final int ADOBE = 0xEE;
  private static final byte[] ADOBE_NAME = {'A', 'd', 'o', 'b', 'e'};

  /** Of Adobe's mark, the transform's place after the length. */
  private static final int TRANSFORM = 13;

  /**
   * Reads a file's markers up to its first scan.
   *
   * @throws IOException if none of them begins a frame
   */
  static JpegFrame of(byte[] file) throws IOException {
    int frame = -1;
    boolean transformed = false;
    for (int at = marker(file, 2); at < file.length; at = marker(file, at)) {
      int kind = file[at - 1] & 0xFF;
      if (kind == START_OF_SCAN || kind == END_OF_IMAGE) {
        break;
      }
      if (isFrame(kind) && frame < 0) {
        frame = at;
      } else if (kind == ADOBE && isAdobe(file, at)) {
        transformed = file[at + TRANSFORM] != 0;
      }
      at += standsAlone(kind) ? 0 : Math.max(2, word(file, at));
    }
    if (frame < 0 || frame + FRAME_BYTES > file.length) {
      throw new IOException("expected a JPEG file with a frame header, got one without");
    }
    return new JpegFrame(
        word(file, frame + 3), word(file, frame + 5), file[frame + 7] & 0xFF, transformed);
  }

  /** The place after the next marker, which is 0xFF and a byte that is neither 0 nor 0xFF. */
  private static int marker(byte[] file, int from) {
    for (int at = from; at + 1 < file.length; at++) {
      if (file[at] == (byte) 0xFF && file[at + 1] != 0 && file[at + 1] != (byte) 0xFF) {
        return at + 2;
      }
    }
    return file.length;
  }

  /** Start of a frame; three numbers between stand for tables. */
  private static boolean isFrame(int marker) {
    return marker >= FIRST_FRAME
        && marker <= LAST_FRAME
        && marker != 0xC4
        && marker != 0xC8
        && marker != 0xCC;
  }

  /** Markers of restarts, of a temporary kind, and of a file's start have no length. */
  private static boolean standsAlone(int marker) {
    return marker == 1 || (marker >= 0xD0 && marker <= 0xD8);
  }

  private static boolean isAdobe(byte[] file, int at) {
    int name = at + 2;
    return word(file, at) > TRANSFORM
        && at + TRANSFORM < file.length
        && Arrays.equals(file, name, name + ADOBE_NAME.length, ADOBE_NAME, 0, ADOBE_NAME.length);
  }

  private static int word(byte[] file, int at) {
    return at + 1 < file.length ? (file[at] & 0xFF) << 8 | (file[at + 1] & 0xFF) : 0;
  }
}
