package io.deepincubation.core.data;

/**
 * What evaluation does to an image: nothing where it has the network's size, else the middle square
 * after the shorter side was resized to 256/224 of it (bicubic).
 */
final class EvaluationTransform {

  private static final double MARGIN = 256.0 / 224;

  private EvaluationTransform() {}

  /** The S x S pixels that a network sees. */
  static Pixels apply(Picture picture, int side) {
    if (picture.height() == side && picture.width() == side) {
      return picture.pixels();
    }
    int shorter = (int) (side * MARGIN);
    Box whole = new Box(0, picture.height(), 0, picture.width());
    return Resampling.middle(Resampling.shorterSide(picture.part(whole, shorter), shorter), side);
  }
}
