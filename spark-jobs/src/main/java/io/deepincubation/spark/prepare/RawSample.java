package io.deepincubation.spark.prepare;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A row of a source, as it was read.
 *
 * @param origin where it lies, for people
 * @param split the split's name
 * @param label the class's name, or of several the text of their set; null if the row has none
 * @param content a JPEG or PNG file, or a text in UTF-8; null if the row has none
 * @param fault why it has none; empty where it has one
 * @param annotation what is annotated on an image, as a set's fitting takes it; nothing where it
 *     has a label alone
 */
record RawSample(
    String origin,
    String split,
    @Nullable String label,
    byte @Nullable [] content,
    String fault,
    byte[] annotation) {

  private static final byte[] NOTHING = {};

  /** A row without a sample. */
  RawSample(
      String origin,
      String split,
      @Nullable String label,
      byte @Nullable [] content,
      String fault) {
    this(origin, split, label, content, fault, NOTHING);
  }

  /** A row with a sample. */
  RawSample(String origin, String split, @Nullable String label, byte[] content) {
    this(origin, split, label, content, "");
  }

  /** The same, with what is annotated. */
  RawSample annotated(byte[] other) {
    return new RawSample(origin, split, label, content, fault, other);
  }

  /** The same, without an image that can be used. */
  RawSample rejected(String reason) {
    return new RawSample(origin, split, label, null, reason);
  }

  /** What tells it from other samples: the image, and what is annotated on it. */
  byte[] identity() {
    byte[] image = content;
    if (image == null || annotation.length == 0) {
      return image == null ? NOTHING : image;
    }
    byte[] both = Arrays.copyOf(image, image.length + annotation.length);
    System.arraycopy(annotation, 0, both, image.length, annotation.length);
    return both;
  }
}
