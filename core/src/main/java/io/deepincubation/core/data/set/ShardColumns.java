package io.deepincubation.core.data.set;

import java.util.List;

/** The columns of a shard beside the label's. */
enum ShardColumns {
  /** Files of images. */
  IMAGES("image", ""),
  /** Tokens of texts. */
  TEXTS("tokens", ""),
  /** Files of images, and PNG files of the classes of their pixels. */
  MASKED("image", "mask"),
  /** Files of images, and the objects on them. */
  WITH_OBJECTS("image", "objects");

  private final String sample;

  /** Empty where nothing is annotated. */
  private final String annotation;

  ShardColumns(String sample, String annotation) {
    this.sample = sample;
    this.annotation = annotation;
  }

  /** Their names: of the sample itself first. */
  List<String> names() {
    return annotation.isEmpty() ? List.of(sample) : List.of(sample, annotation);
  }
}
