package io.deepincubation.core.inference;

import io.deepincubation.core.data.pixels.UnfitDataException;
import java.io.IOException;

/** Pictures that a model gives no answer for. */
final class Unanswered {

  private Unanswered() {}

  /** Why, without what was tried. */
  static IOException of(UnfitDataException e) {
    return new IOException(e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
  }
}
