package io.deepincubation.core.data.pixels;

import io.deepincubation.core.data.pixels.ImageHeader.Kind;
import io.deepincubation.core.data.pixels.PngFile.Colour;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferUShort;
import java.io.IOException;
import java.util.Locale;

/**
 * The numbers in a PNG file that has one for each pixel: levels of grey as they are, or indices of
 * a palette.
 *
 * @param values H x W numbers of 16 bits without a sign, row-major
 * @param height H
 * @param width W
 */
public record PngNumbers(char[] values, int height, int width) {

  private static final int HIGHEST_BYTE = 0xFF;

  /**
   * Reads a file, of any bit depth and interlacing.
   *
   * @throws IOException if it is no whole PNG file, or has several numbers a pixel
   */
  public static PngNumbers of(byte[] file) throws IOException {
    ImageHeader header = ImageHeader.of(file);
    if (header.kind() != Kind.PNG) {
      throw new IOException("expected a PNG file of one number a pixel, got a JPEG file");
    }
    PngFile png = PngFile.of(file);
    if (png.colour() != Colour.GREY && png.colour() != Colour.PALETTE) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "expected a PNG file of one number a pixel, grey or with a palette, got %d",
              png.colour().samples()));
    }
    return read(file, png);
  }

  private static PngNumbers read(byte[] file, PngFile png) throws IOException {
    var values = new char[png.height() * png.width()];
    try (var rows = new PngRows(file, png)) {
      for (PngPass pass : PngPass.of(png)) {
        int columns = pass.columns(png.width());
        if (columns > 0) {
          rows.begin((int) png.bytes(columns));
          for (int y = pass.top(); y < png.height(); y += pass.down()) {
            place(rows.next(), png.depth(), columns, pass, values, y * png.width());
          }
        }
      }
    }
    return new PngNumbers(values, png.height(), png.width());
  }

  private static void place(
      byte[] row, int depth, int columns, PngPass pass, char[] values, int line) {
    for (int i = 0; i < columns; i++) {
      values[line + pass.left() + i * pass.across()] =
          (char)
              (depth > Byte.SIZE
                  ? (row[1 + 2 * i] & 0xFF) << Byte.SIZE | (row[2 + 2 * i] & 0xFF)
                  : PngRows.index(row, i, depth));
    }
  }

  /** A grey PNG file of the numbers: of 8 bits where all fit, else of 16. */
  public byte[] file() {
    for (char value : values) {
      if (value > HIGHEST_BYTE) {
        return ImageCodec.encode(words(), Kind.PNG);
      }
    }
    return ImageCodec.encode(bytes(), Kind.PNG);
  }

  private BufferedImage bytes() {
    var image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    byte[] into = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    for (int i = 0; i < values.length; i++) {
      into[i] = (byte) values[i];
    }
    return image;
  }

  private BufferedImage words() {
    var image = new BufferedImage(width, height, BufferedImage.TYPE_USHORT_GRAY);
    short[] into = ((DataBufferUShort) image.getRaster().getDataBuffer()).getData();
    for (int i = 0; i < values.length; i++) {
      into[i] = (short) values[i];
    }
    return image;
  }
}
