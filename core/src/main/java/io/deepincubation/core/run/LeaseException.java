package io.deepincubation.core.run;

/**
 * Another driver holds the run folder. The message says which one, where and until when; this one
 * has changed nothing since.
 */
public final class LeaseException extends RuntimeException {

  /** States who holds what. */
  public LeaseException(String message) {
    super(message);
  }
}
