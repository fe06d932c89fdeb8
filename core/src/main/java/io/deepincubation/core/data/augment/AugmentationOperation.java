package io.deepincubation.core.data.augment;

import io.deepincubation.core.data.pixels.Pixels;

/**
 * The operations of RandAugment in timm's {@code inc1} form, where a higher magnitude always
 * changes an image more (Cubuk et al., 2020; the arithmetic is Pillow's). Magnitudes go from 0 to
 * {@value #HIGHEST}.
 */
enum AugmentationOperation {
  AUTO_CONTRAST {
    @Override
    Pixels apply(Pixels image, double magnitude, int sign) {
      return ColorOperations.autoContrast(image);
    }
  },
  EQUALIZE {
    @Override
    Pixels apply(Pixels image, double magnitude, int sign) {
      return ColorOperations.equalize(image);
    }
  },
  INVERT {
    @Override
    Pixels apply(Pixels image, double magnitude, int sign) {
      return ColorOperations.invert(image);
    }
  },
  /** Up to 30 degrees to either side. */
  ROTATE {
    @Override
    Pixels apply(Pixels image, double magnitude, int sign) {
      double degrees = sign * (magnitude / HIGHEST * 30);
      return degrees == 0
          ? image
          : AffineTransform.rotation(degrees, image.height(), image.width()).apply(image);
    }
  },
  /** Keeps 4 down to 0 bits. */
  POSTERIZE {
    @Override
    Pixels apply(Pixels image, double magnitude, int sign) {
      return ColorOperations.posterize(image, 4 - (int) (magnitude / HIGHEST * 4));
    }
  },
  /** Inverts levels from 256 down to 0. */
  SOLARIZE {
    @Override
    Pixels apply(Pixels image, double magnitude, int sign) {
      return ColorOperations.solarize(image, 256 - (int) (magnitude / HIGHEST * 256));
    }
  },
  /** Adds up to 110 to dark levels. */
  SOLARIZE_ADD {
    @Override
    Pixels apply(Pixels image, double magnitude, int sign) {
      return ColorOperations.solarizeAdd(image, (int) (magnitude / HIGHEST * 110));
    }
  },
  COLOR {
    @Override
    Pixels apply(Pixels image, double magnitude, int sign) {
      return ColorOperations.color(image, factor(magnitude, sign));
    }
  },
  CONTRAST {
    @Override
    Pixels apply(Pixels image, double magnitude, int sign) {
      return ColorOperations.contrast(image, factor(magnitude, sign));
    }
  },
  BRIGHTNESS {
    @Override
    Pixels apply(Pixels image, double magnitude, int sign) {
      return ColorOperations.brightness(image, factor(magnitude, sign));
    }
  },
  SHARPNESS {
    @Override
    Pixels apply(Pixels image, double magnitude, int sign) {
      return ColorOperations.sharpness(image, factor(magnitude, sign));
    }
  },
  /** Up to 0.3 columns a row. */
  SHEAR_X {
    @Override
    Pixels apply(Pixels image, double magnitude, int sign) {
      return AffineTransform.shearX(sign * (magnitude / HIGHEST * 0.3)).apply(image);
    }
  },
  /** Up to 0.3 rows a column. */
  SHEAR_Y {
    @Override
    Pixels apply(Pixels image, double magnitude, int sign) {
      return AffineTransform.shearY(sign * (magnitude / HIGHEST * 0.3)).apply(image);
    }
  },
  /** Up to 45 % of the width. */
  TRANSLATE_X {
    @Override
    Pixels apply(Pixels image, double magnitude, int sign) {
      double share = sign * (magnitude / HIGHEST * 0.45);
      return AffineTransform.translateX(share * image.width()).apply(image);
    }
  },
  /** Up to 45 % of the height. */
  TRANSLATE_Y {
    @Override
    Pixels apply(Pixels image, double magnitude, int sign) {
      double share = sign * (magnitude / HIGHEST * 0.45);
      return AffineTransform.translateY(share * image.height()).apply(image);
    }
  };

  /** The highest magnitude. */
  static final double HIGHEST = 10;

  /**
   * Applies the operation.
   *
   * @param image stays as it is
   * @param magnitude 0 to {@value #HIGHEST}
   * @param sign 1 or -1: the direction, where the operation has one
   */
  abstract Pixels apply(Pixels image, double magnitude, int sign);

  /** An enhancement's factor, 0.1 to 1.9. */
  private static double factor(double magnitude, int sign) {
    return 1 + sign * (magnitude / HIGHEST * 0.9);
  }
}
