package io.deepincubation.core.data;

import io.deepincubation.core.data.ImageHeader.Kind;
import java.io.IOException;

/**
 * A JPEG or PNG file.
 *
 * @param file its bytes
 * @param header what they begin with
 */
record EncodedPicture(byte[] file, ImageHeader header) implements Picture {

  private static final int LOWEST_RESOLUTION = 8;

  /**
   * Looks into a file's header.
   *
   * @throws IOException if it is no JPEG or PNG file
   */
  static EncodedPicture of(byte[] file) throws IOException {
    return new EncodedPicture(file, ImageHeader.of(file));
  }

  @Override
  public int height() {
    return header.height();
  }

  @Override
  public int width() {
    return header.width();
  }

  @Override
  public Pixels pixels() {
    return decoded(1);
  }

  @Override
  public Pixels part(Box box, int side) {
    int reduction = header.kind() == Kind.JPEG ? LOWEST_RESOLUTION : 1;
    int shorter = Math.min(box.bottom() - box.top(), box.right() - box.left());
    while (reduction > 1 && shorter / reduction < side) {
      reduction /= 2;
    }
    Pixels whole = decoded(reduction);
    return whole.part(reduced(box, reduction, whole), side);
  }

  private static Box reduced(Box box, int reduction, Pixels whole) {
    int top = box.top() / reduction;
    int left = box.left() / reduction;
    int height = (box.bottom() - box.top()) / reduction;
    int width = (box.right() - box.left()) / reduction;
    return new Box(
        top, Math.min(whole.height(), top + height), left, Math.min(whole.width(), left + width));
  }

  private Pixels decoded(int reduction) {
    try {
      return ImageCodec.decode(file, reduction);
    } catch (IOException e) {
      throw new UnfitDataException("Cannot decode an image: " + e.getMessage(), e);
    }
  }
}
