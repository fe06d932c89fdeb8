package io.deepincubation.core.data.pixels;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * What a PNG file says of its pixels. Transparency, colour profiles and texts are passed over, be
 * they damaged or not: no pixel depends on them.
 *
 * @param height rows
 * @param width columns
 * @param depth bits of a sample: 1, 2, 4, 8 or 16
 * @param colour what samples mean
 * @param interlaced whether rows come in Adam7's passes
 * @param palette three bytes for each colour; nothing where there is none
 * @param data where the compressed rows lie
 */
record PngFile(
    int height,
    int width,
    int depth,
    Colour colour,
    boolean interlaced,
    byte[] palette,
    List<Part> data) {

  private static final int SIGNATURE_BYTES = 8;
  private static final int HEADER_BYTES = 13;

  /** A chunk's length, name and checksum. */
  private static final int CHUNK_BYTES = 12;

  /** What deflate makes of a byte at most, and some bytes more. */
  private static final long MOST_GROWTH = 1040;

  /** Set in the first letter of chunks that a reader may pass over. */
  private static final int ANCILLARY = 0x20;

  /** What the samples of a pixel mean. */
  enum Colour {
    GREY(0, 1, 1 | 2 | 4 | 8 | 16),
    RGB(2, 3, 8 | 16),
    PALETTE(3, 1, 1 | 2 | 4 | 8),
    GREY_ALPHA(4, 2, 8 | 16),
    RGB_ALPHA(6, 4, 8 | 16);

    private final int number;
    private final int samples;
    private final int depths;

    Colour(int number, int samples, int depths) {
      this.number = number;
      this.samples = samples;
      this.depths = depths;
    }

    static Colour of(int number, int depth) throws IOException {
      for (Colour colour : values()) {
        if (colour.number == number
            && Integer.bitCount(depth) == 1
            && (depth & colour.depths) > 0) {
          return colour;
        }
      }
      throw new IOException(
          String.format(
              Locale.ROOT,
              "expected a colour type and bit depth of the format, got %d and %d",
              number,
              depth));
    }

    /** Samples of a pixel. */
    int samples() {
      return samples;
    }

    /** Whether all samples that are seen are one. */
    boolean isGrey() {
      return samples < ImageCodec.CHANNELS;
    }
  }

  /**
   * Bytes of the file.
   *
   * @param start the first
   * @param length how many
   */
  record Part(int start, int length) {}

  /** Bits of a pixel. */
  int bits() {
    return colour.samples() * depth;
  }

  /** Bytes of so many pixels of a row. */
  long bytes(int columns) {
    return ((long) columns * bits() + Byte.SIZE - 1) / Byte.SIZE;
  }

  /**
   * Reads all that stands before and after the pixels.
   *
   * @throws IOException if that is damaged, or of a kind that the format does not know
   */
  static PngFile of(byte[] file) throws IOException {
    var reader = new Reader(file);
    reader.readHeader();
    while (reader.readChunk()) {
      // Each keeps what it tells
    }
    return reader.file();
  }

  /** Goes from chunk to chunk. */
  private static final class Reader {

    private final byte[] file;
    private final ByteBuffer buffer;
    private int at = SIGNATURE_BYTES;
    private int width;
    private int height;
    private int depth;
    private Colour colour = Colour.GREY;
    private boolean interlaced;
    private byte[] palette = new byte[0];
    private final List<Part> data = new ArrayList<>();

    Reader(byte[] file) {
      this.file = file;
      buffer = ByteBuffer.wrap(file);
    }

    void readHeader() throws IOException {
      if (file.length < at + CHUNK_BYTES + HEADER_BYTES
          || buffer.getInt(at) != HEADER_BYTES
          || !name().equals("IHDR")) {
        throw ImageCodec.damaged("expected a header first");
      }
      check(HEADER_BYTES);
      int start = at + 8;
      width = buffer.getInt(start);
      height = buffer.getInt(start + 4);
      depth = file[start + 8];
      colour = Colour.of(file[start + 9], depth);
      interlaced = file[start + 12] == 1;
      if (file[start + 10] != 0 || file[start + 11] != 0 || (file[start + 12] & ~1) != 0) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "expected a compression, filter and interlacing of the format, got %d, %d and %d",
                file[start + 10],
                file[start + 11],
                file[start + 12]));
      }
      at += CHUNK_BYTES + HEADER_BYTES;
    }

    /** Reads a chunk; false where no more can matter. */
    boolean readChunk() throws IOException {
      if (at + 8 > file.length) {
        return false;
      }
      String name = name();
      boolean pixels = name.equals("IDAT");
      if (name.equals("IEND") || (!pixels && !data.isEmpty())) {
        return false;
      }
      int length = buffer.getInt(at);
      int whole = file.length - at - CHUNK_BYTES;
      if (length < 0 || (length > whole && !pixels)) {
        throw ImageCodec.damaged("its chunk " + name + " goes on past its end");
      }
      boolean ancillary = (file[at + 4] & ANCILLARY) != 0;
      if (!ancillary && length <= whole) {
        check(length);
      }
      if (pixels) {
        data.add(new Part(at + 8, Math.min(length, file.length - at - 8)));
      } else if (name.equals("PLTE")) {
        readPalette(length);
      } else if (!ancillary) {
        throw new IOException("expected chunks of the format, got a critical one named " + name);
      }
      at = (int) Math.min(file.length, (long) at + CHUNK_BYTES + length);
      return true;
    }

    private void readPalette(int length) throws IOException {
      if (length % ImageCodec.CHANNELS != 0 || length > ImageCodec.CHANNELS << Byte.SIZE) {
        throw ImageCodec.damaged("its palette has " + length + " bytes");
      }
      palette = new byte[length];
      buffer.get(at + 8, palette);
    }

    private String name() {
      return new String(file, at + 4, 4, StandardCharsets.ISO_8859_1);
    }

    private void check(int length) throws IOException {
      var sum = new CRC32();
      sum.update(file, at + 4, 4 + length);
      if ((int) sum.getValue() != buffer.getInt(at + 8 + length)) {
        throw ImageCodec.damaged("the checksum of its chunk " + name() + " differs");
      }
    }

    PngFile file() throws IOException {
      if (data.isEmpty()) {
        throw ImageCodec.damaged("it has no rows");
      }
      if (colour == Colour.PALETTE && palette.length == 0) {
        throw ImageCodec.damaged("it has no palette");
      }
      var found = new PngFile(height, width, depth, colour, interlaced, palette, List.copyOf(data));
      long compressed = data.stream().mapToLong(Part::length).sum();
      if (height * found.bytes(width) > MOST_GROWTH * compressed) {
        throw ImageCodec.damaged("it ends before its last row");
      }
      return found;
    }
  }
}
