package io.deepincubation.core.incubation;

/**
 * A stage needs another one that is not committed. The message names it and the verb that runs it.
 */
public final class MissingStageException extends RuntimeException {

  /** States what is missing. */
  public MissingStageException(String message) {
    super(message);
  }
}
