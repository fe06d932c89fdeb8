package io.deepincubation.core.data.pixels;

/** Image files of pixels. */
public final class ImageFiles {

  private ImageFiles() {}

  /** A PNG file. */
  public static byte[] png(Pixels pixels) {
    return ImageCodec.encodePng(pixels);
  }

  /** A JPEG file of quality 95. */
  public static byte[] jpeg(Pixels pixels) {
    return ImageCodec.encode(pixels, ImageHeader.Kind.JPEG);
  }
}
