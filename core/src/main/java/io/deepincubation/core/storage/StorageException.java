package io.deepincubation.core.storage;

import io.deepincubation.core.api.Stable;

/** A file system refused to read, write or delete. The message names the URI and what to check. */
@Stable
public final class StorageException extends RuntimeException {

  /**
   * States what could not be done.
   *
   * @param message what, where, and how to fix it
   */
  public StorageException(String message) {
    super(message);
  }

  /**
   * States what could not be done.
   *
   * @param message what, where, and how to fix it
   * @param cause what the file system said
   */
  public StorageException(String message, Throwable cause) {
    super(message, cause);
  }
}
