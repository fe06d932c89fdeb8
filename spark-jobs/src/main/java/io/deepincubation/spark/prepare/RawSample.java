package io.deepincubation.spark.prepare;

import org.jspecify.annotations.Nullable;

/**
 * A row of a source, as it was read.
 *
 * @param origin where it lies, for people
 * @param split the split's name
 * @param label the class's name, or of several the text of their set; null if the row has none
 * @param image a JPEG or PNG file, or null if the row has none
 * @param fault why it has no image; empty where it has one
 */
record RawSample(
    String origin, String split, @Nullable String label, byte @Nullable [] image, String fault) {

  /** A row with an image. */
  RawSample(String origin, String split, @Nullable String label, byte[] image) {
    this(origin, split, label, image, "");
  }
}
