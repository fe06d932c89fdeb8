package io.deepincubation.core.data;

/** Image files of pixels. */
public final class ImageFiles {

  private ImageFiles() {}

  /**
   * A PNG file.
   *
   * @param rgb H x W {@code 0xRRGGBB} numbers, row-major
   * @param height H
   * @param width W
   */
  public static byte[] png(int[] rgb, int height, int width) {
    return ImageCodec.encodePng(Pixels.ofRgb(rgb, height, width));
  }
}
