package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.UnfitDataException;

/** Gives parts of a set's files, checked. Safe for use by several threads. */
@FunctionalInterface
interface RangeReader {

  /**
   * The bytes of a range.
   *
   * @param file its name in the set's folder
   * @throws UnfitDataException if the file is missing, or the bytes are not those that the index
   *     promises
   */
  byte[] read(String file, FileRange range);
}
