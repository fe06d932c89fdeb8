package io.deepincubation.core.data.set;

import java.util.Objects;

/**
 * Consecutive bytes of a file.
 *
 * @param offset of the first
 * @param bytes how many
 * @param sha256 their hex digest
 */
public record FileRange(long offset, int bytes, String sha256) {

  /** Checks that there are bytes. */
  public FileRange {
    Objects.requireNonNull(sha256, "sha256");
    if (offset < 0 || bytes < 1) {
      throw new IllegalArgumentException(
          "Cannot list a range: expected bytes from 0, got " + bytes + " from " + offset);
    }
  }
}
