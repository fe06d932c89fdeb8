package io.deepincubation.core.training;

/** A training was stopped, its state kept, since its process is about to be taken away. */
public final class ProcessEndsException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** Says which training, and where it goes on. */
  public ProcessEndsException(String message) {
    super(message);
  }
}
