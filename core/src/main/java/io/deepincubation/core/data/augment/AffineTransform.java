package io.deepincubation.core.data.augment;

import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.Pixels;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;

/**
 * Bicubic resampling of an image through an affine map, to the same size (Keys, 1981, with a = -1,
 * the kernel of Pillow's {@code Image.transform}). The centre of the output pixel (x, y) shows the
 * input at (xx * x + xy * y + x0, yx * x + yy * y + y0); what lies outside of the input is {@link
 * #FILL}.
 *
 * @param xx share of the output's x in the input's x
 * @param xy share of the output's y in the input's x
 * @param x0 offset of the input's x, in pixels
 * @param yx share of the output's x in the input's y
 * @param yy share of the output's y in the input's y
 * @param y0 offset of the input's y, in pixels
 */
record AffineTransform(double xx, double xy, double x0, double yx, double yy, double y0) {

  /** ImageNet's mean colour, red, green and blue. */
  static final byte[] FILL = {124, 116, 104};

  private static final int DIGITS = 15;

  static AffineTransform shearX(double factor) {
    return new AffineTransform(1, factor, 0, 0, 1, 0);
  }

  static AffineTransform shearY(double factor) {
    return new AffineTransform(1, 0, 0, factor, 1, 0);
  }

  static AffineTransform translateX(double pixels) {
    return new AffineTransform(1, 0, pixels, 0, 1, 0);
  }

  static AffineTransform translateY(double pixels) {
    return new AffineTransform(1, 0, 0, 0, 1, pixels);
  }

  /** A turn about the centre of H x W pixels, counter-clockwise. */
  static AffineTransform rotation(double degrees, int height, int width) {
    double turned = degrees % 360;
    double angle = -Math.toRadians(turned < 0 ? turned + 360 : turned);
    double cos = rounded(StrictMath.cos(angle));
    double sin = rounded(StrictMath.sin(angle));
    double centreX = width / 2.0;
    double centreY = height / 2.0;
    return new AffineTransform(
        cos,
        sin,
        cos * -centreX + sin * -centreY + centreX,
        -sin,
        cos,
        -sin * -centreX + cos * -centreY + centreY);
  }

  private static double rounded(double value) {
    return new BigDecimal(value).setScale(DIGITS, RoundingMode.HALF_EVEN).doubleValue();
  }

  /** The image seen through the map. */
  Pixels apply(Pixels image) {
    byte[] values = new byte[image.values().length];
    int plane = image.plane();
    for (int channel = 0; channel < ImageCodec.CHANNELS; channel++) {
      Arrays.fill(values, channel * plane, (channel + 1) * plane, FILL[channel]);
    }
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        double fromX = xx * (x + 0.5) + xy * (y + 0.5) + x0;
        double fromY = yx * (x + 0.5) + yy * (y + 0.5) + y0;
        if (fromX >= 0 && fromX < image.width() && fromY >= 0 && fromY < image.height()) {
          sample(image, fromX - 0.5, fromY - 0.5, values, y * image.width() + x);
        }
      }
    }
    return new Pixels(values, image.height(), image.width());
  }

  private static void sample(Pixels image, double fromX, double fromY, byte[] into, int target) {
    int column = (int) Math.floor(fromX);
    int row = (int) Math.floor(fromY);
    double dx = fromX - column;
    double dy = fromY - row;
    if (dy == 0) {
      int start = clamp(row, image.height()) * image.width();
      line(image, column, image.width(), start, 1, dx, into, target);
    } else if (dx == 0) {
      int start = clamp(column, image.width());
      line(image, row, image.height(), start, image.width(), dy, into, target);
    } else {
      square(image, column, row, dx, dy, into, target);
    }
  }

  /** Interpolates along a row or a column only. */
  private static void line(
      Pixels image,
      int place,
      int size,
      int start,
      int stride,
      double distance,
      byte[] into,
      int target) {
    byte[] values = image.values();
    int first = start + stride * clamp(place - 1, size);
    int second = start + stride * clamp(place, size);
    int third = start + stride * clamp(place + 1, size);
    int fourth = start + stride * clamp(place + 2, size);
    int plane = image.plane();
    for (int offset = 0; offset < values.length; offset += plane) {
      into[offset + target] =
          unsigned(
              cubic(
                  values[offset + first] & 0xFF,
                  values[offset + second] & 0xFF,
                  values[offset + third] & 0xFF,
                  values[offset + fourth] & 0xFF,
                  distance));
    }
  }

  private static void square(
      Pixels image, int column, int row, double dx, double dy, byte[] into, int target) {
    byte[] values = image.values();
    int height = image.height();
    int width = image.width();
    int first = clamp(column - 1, width);
    int second = clamp(column, width);
    int third = clamp(column + 1, width);
    int fourth = clamp(column + 2, width);
    int plane = image.plane();
    for (int offset = 0; offset < values.length; offset += plane) {
      int r0 = offset + clamp(row - 1, height) * width;
      int r1 = offset + clamp(row, height) * width;
      int r2 = offset + clamp(row + 1, height) * width;
      int r3 = offset + clamp(row + 2, height) * width;
      into[offset + target] =
          unsigned(
              cubic(
                  across(values, r0, first, second, third, fourth, dx),
                  across(values, r1, first, second, third, fourth, dx),
                  across(values, r2, first, second, third, fourth, dx),
                  across(values, r3, first, second, third, fourth, dx),
                  dy));
    }
  }

  private static double across(
      byte[] values, int row, int first, int second, int third, int fourth, double dx) {
    return cubic(
        values[row + first] & 0xFF,
        values[row + second] & 0xFF,
        values[row + third] & 0xFF,
        values[row + fourth] & 0xFF,
        dx);
  }

  private static double cubic(double v1, double v2, double v3, double v4, double d) {
    double p2 = -v1 + v3;
    double p3 = 2 * (v1 - v2) + v3 - v4;
    double p4 = -v1 + v2 - v3 + v4;
    return v2 + d * (p2 + d * (p3 + d * p4));
  }

  private static int clamp(int place, int size) {
    return Math.max(0, Math.min(size - 1, place));
  }

  private static byte unsigned(double value) {
    return (byte) Math.max(0, Math.min(255, (int) value));
  }
}
