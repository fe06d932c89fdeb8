package io.deepincubation.core.data.pixels;

import java.io.IOException;

/** An image that can be looked at in parts; a file is decoded no further than is asked for. */
public sealed interface Picture permits Pixels, EncodedPicture, StoredPixels {

  /**
   * The image in a JPEG or PNG file; its pixels are decoded when they are asked for.
   *
   * @throws IOException if it is no JPEG or PNG file
   */
  static Picture of(byte[] file) throws IOException {
    return EncodedPicture.of(file);
  }

  /** Rows. */
  int height();

  /** Columns. */
  int width();

  /** The whole image. */
  Pixels pixels();

  /**
   * A part of the image, as training sees it. A JPEG file may give it at a half, quarter or eighth
   * of its resolution, as long as both sides keep so many pixels.
   *
   * @param box the part
   * @param side pixels that it will be resized to
   */
  Pixels part(Box box, int side);
}
