package io.deepincubation.core.storage;

import java.io.IOException;

/**
 * A file's content is not what its format demands: it was cut off, altered or never of that kind.
 */
public final class CorruptFileException extends IOException {

  /** States what was expected and what was found. */
  public CorruptFileException(String message) {
    super(message);
  }

  /** States what was expected and what was found, with what found it. */
  public CorruptFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
