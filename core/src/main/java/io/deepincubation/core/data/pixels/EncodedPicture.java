package io.deepincubation.core.data.pixels;

import io.deepincubation.core.data.pixels.ImageHeader.Kind;
import java.io.IOException;

/**
 * A JPEG or PNG file.
 *
 * @param file its bytes
 * @param header what they begin with
 */
public record EncodedPicture(byte[] file, ImageHeader header) implements Picture {

  private static final int LOWEST_RESOLUTION = 8;

  /**
   * Looks into a file's header.
   *
   * @throws IOException if it is no JPEG or PNG file
   */
  public static EncodedPicture of(byte[] file) throws IOException {
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
    return decoded(1, Box.whole(height(), width()));
  }

  @Override
  public Pixels part(Box box, int side) {
    int reduction = header.kind() == Kind.JPEG ? LOWEST_RESOLUTION : 1;
    int shorter = Math.min(box.bottom() - box.top(), box.right() - box.left());
    while (reduction > 1 && shorter / reduction < side) {
      reduction /= 2;
    }
    return decoded(reduction, reduced(box, reduction));
  }

  private Box reduced(Box box, int reduction) {
    int top = box.top() / reduction;
    int left = box.left() / reduction;
    int bottom = top + (box.bottom() - box.top()) / reduction;
    int right = left + (box.right() - box.left()) / reduction;
    return new Box(
        top,
        Math.min(ImageCodec.reduced(height(), reduction), bottom),
        left,
        Math.min(ImageCodec.reduced(width(), reduction), right));
  }

  private Pixels decoded(int reduction, Box part) {
    try {
      return ImageCodec.decode(file, header, reduction, part);
    } catch (IOException e) {
      throw new UnfitDataException("Cannot decode an image: " + e.getMessage(), e);
    }
  }
}
