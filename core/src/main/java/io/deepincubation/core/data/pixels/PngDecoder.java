package io.deepincubation.core.data.pixels;

import io.deepincubation.core.data.pixels.PngFile.Colour;
import java.io.IOException;

/**
 * PNG files to RGB as Pillow's {@code convert("RGB")} gives it: grey levels go to all channels, the
 * colours of a palette are taken, transparency is dropped. Of samples of 16 bits the high byte is
 * kept. Every colour type, bit depth and interlacing of the format is known.
 */
final class PngDecoder {

  private final PngFile file;
  private final Box part;
  private final int width;
  private final int plane;
  private final byte[] values;

  /** What an index stands for, by channel; for samples of less than a byte and of palettes. */
  private final byte[][] levels;

  private PngDecoder(PngFile file, Box part) {
    this.file = file;
    this.part = part;
    width = part.right() - part.left();
    plane = part.area();
    values = new byte[ImageCodec.CHANNELS * plane];
    levels = file.colour() == Colour.PALETTE ? colours(file.palette()) : greys(file.depth());
  }

  /**
   * Decodes a part of an image; all of the file is read.
   *
   * @throws IOException if the file is damaged where pixels depend on it
   */
  static Pixels decode(byte[] bytes, Box part) throws IOException {
    PngFile file = PngFile.of(bytes);
    var decoder = new PngDecoder(file, part);
    try (var rows = new PngRows(bytes, file)) {
      for (PngPass pass : PngPass.of(file)) {
        decoder.read(rows, pass);
      }
    }
    return new Pixels(decoder.values, part.bottom() - part.top(), decoder.width);
  }

  private void read(PngRows rows, PngPass pass) throws IOException {
    int columns = pass.columns(file.width());
    if (columns == 0) {
      return;
    }
    rows.begin((int) file.bytes(columns));
    for (int y = pass.top(); y < file.height(); y += pass.down()) {
      byte[] row = rows.next();
      if (y >= part.top() && y < part.bottom()) {
        for (int channel = 0; channel < ImageCodec.CHANNELS; channel++) {
          place(row, pass, channel, channel * plane + (y - part.top()) * width);
        }
      }
    }
  }

  /** Puts the pixels of a row that are of the wanted part where they belong, of one channel. */
  private void place(byte[] row, PngPass pass, int channel, int line) {
    int first = pass.columns(part.left());
    int x = pass.left() + first * pass.across();
    if (file.depth() < Byte.SIZE || file.colour() == Colour.PALETTE) {
      for (int i = first; x < part.right(); i++, x += pass.across()) {
        values[line + x - part.left()] = levels[channel][PngRows.index(row, i, file.depth())];
      }
      return;
    }
    int bytes = file.depth() / Byte.SIZE;
    int pixel = bytes * file.colour().samples();
    int at = 1 + first * pixel + (file.colour().isGrey() ? 0 : channel * bytes);
    for (; x < part.right(); at += pixel, x += pass.across()) {
      values[line + x - part.left()] = row[at];
    }
  }

  /** A palette by channel; black where it ends early. */
  private static byte[][] colours(byte[] palette) {
    byte[][] colours = new byte[ImageCodec.CHANNELS][1 << Byte.SIZE];
    for (int i = 0; i < palette.length; i++) {
      colours[i % ImageCodec.CHANNELS][i / ImageCodec.CHANNELS] = palette[i];
    }
    return colours;
  }

  private static byte[][] greys(int depth) {
    int count = 1 << Math.min(depth, Byte.SIZE);
    byte[] greys = new byte[count];
    for (int i = 0; i < count; i++) {
      greys[i] = (byte) (255 * i / (count - 1));
    }
    return new byte[][] {greys, greys, greys};
  }
}
