package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.ImageHeader;
import io.deepincubation.core.data.pixels.ImageHeader.Kind;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.Resampling;
import java.io.IOException;
import java.util.Locale;

/**
 * What a preparation does to an image file. It crosses process borders.
 *
 * @param square side of the middle square that images become, or 0
 * @param shorterSide pixels that the shorter side is reduced to where it has more, or 0
 * @param encoding how images are kept
 */
public record ImageFitting(int square, int shorterSide, Encoding encoding) implements Fitting {

  /** Images as they are. */
  public static final ImageFitting NONE = new ImageFitting(0, 0, Encoding.KEEP);

  /** How images are kept. */
  public enum Encoding {
    /** The file as it is; where the image was changed, another of its kind. */
    KEEP,
    /** JPEG of quality 95. */
    JPEG,
    /** PNG, without loss. */
    PNG
  }

  /** Checks the sizes. */
  public ImageFitting {
    if (square < 0 || shorterSide < 0 || (square > 0 && shorterSide > 0)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot fit images: expected a square or a shorter side, got %d and %d",
              square,
              shorterSide));
    }
  }

  /** Checks an image by decoding all of it, and changes it where that is asked for. */
  public FittedImage fit(byte[] file) throws IOException {
    Kind kind = ImageHeader.of(file).kind();
    Pixels original = ImageCodec.decode(file);
    boolean fits = fits(original);
    Pixels fitted = fits ? original : fitted(original);
    Kind wanted =
        switch (encoding) {
          case KEEP -> kind;
          case JPEG -> Kind.JPEG;
          case PNG -> Kind.PNG;
        };
    boolean kept = fits && wanted == kind;
    return FittedImage.of(kept ? file : ImageCodec.encode(fitted, wanted), fitted);
  }

  @Override
  public FittedImage fit(byte[] content, byte[] annotation) throws IOException {
    return fit(content);
  }

  private boolean fits(Pixels image) {
    return square > 0
        ? image.height() == square && image.width() == square
        : shorterSide == 0 || Math.min(image.height(), image.width()) <= shorterSide;
  }

  private Pixels fitted(Pixels image) {
    return square > 0
        ? Resampling.squareOf(image, square)
        : Resampling.shorterSide(image, shorterSide);
  }
}
