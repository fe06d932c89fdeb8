package io.deepincubation.core.data.annotation;

import java.io.IOException;
import java.io.Serializable;
import java.util.Locale;

/**
 * What the numbers of masks stand for: classes from 0 to {@code classes - 1}, or pixels that count
 * for nothing.
 *
 * @param classes how many there are
 * @param reduceZero whether 0 is no class and class c is written as c + 1, as ADE20K has it
 * @param ignored another number that is no class; below 0 for none
 */
public record MaskRule(int classes, boolean reduceZero, int ignored) implements Serializable {

  /** No number beside {@link #ignoredLabel} is ignored. */
  public static final int NONE = -1;

  private static final int BYTE = 255;
  private static final int WORD = 65535;

  /** Checks the numbers. */
  public MaskRule {
    if (classes < 1 || classes > WORD || ignored < NONE || ignored > WORD) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot read masks: expected 1 to %d classes and an ignored number up to %d, got %d"
                  + " and %d",
              WORD,
              WORD,
              classes,
              ignored));
    }
  }

  /**
   * The class id that pixels without a class have in a set, and that masks are read with always:
   * 255, or 65535 where that is a class.
   */
  public int ignoredLabel() {
    return ignoredLabel(classes);
  }

  private static int ignoredLabel(int classes) {
    return classes <= BYTE ? BYTE : WORD;
  }

  /**
   * The rule of as many classes as numbers tell: up to the highest of them.
   *
   * @param highest number of all masks but for those that are ignored: 65535, and where no other
   *     number is above it, 255
   */
  public static MaskRule counted(int highest, boolean reduceZero, int ignored) {
    return new MaskRule(reduceZero ? highest : highest + 1, reduceZero, ignored);
  }

  /**
   * A mask with classes from 0 and the ignored label.
   *
   * @throws IOException if it has another number
   */
  public LabelMap of(LabelMap mask) throws IOException {
    LabelMap mapped = mask.mapped(this::label);
    for (int i = 0; i < mask.values().length; i++) {
      int label = mapped.values()[i];
      if (label >= classes && label != ignoredLabel()) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "expected a mask of class numbers from %d to %d%s, got %d in row %d and column %d",
                reduceZero ? 1 : 0,
                reduceZero ? classes : classes - 1,
                ignored == NONE ? "" : " or " + ignored,
                (int) mask.values()[i],
                i / mask.width(),
                i % mask.width()));
      }
    }
    return mapped;
  }

  private int label(int number) {
    if (number == ignored || number == ignoredLabel() || (reduceZero && number == 0)) {
      return ignoredLabel();
    }
    return reduceZero ? number - 1 : number;
  }
}
