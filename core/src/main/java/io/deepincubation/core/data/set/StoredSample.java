package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.UnfitDataException;
import java.util.List;

/**
 * A sample as a shard holds it.
 *
 * @param values of the shard's columns: the bytes of an image file, or of tokens; then those of
 *     what is annotated, if there is anything
 * @param label from 0: a class, or a set of them by {@link LabelSets}
 */
record StoredSample(List<byte[]> values, int label) {

  private static final byte[] NOTHING = {};

  /** Checks the label, and copies. */
  StoredSample {
    if (label < 0) {
      throw new UnfitDataException("Cannot read a sample: expected a label from 0, got " + label);
    }
    values = List.copyOf(values);
  }

  /** The bytes of the image file, or of the tokens. */
  byte[] content() {
    return values.get(0);
  }

  /** The bytes of what is annotated; none where there is nothing. */
  byte[] annotation() {
    return values.size() > 1 ? values.get(1) : NOTHING;
  }
}
