package io.deepincubation.core.data.source;

/**
 * One labelled image as it is kept.
 *
 * @param image bytes of a PNG or JPEG file
 * @param label index of its class, from 0
 */
public record Sample(byte[] image, int label) {

  /** Checks the label. */
  public Sample {
    if (label < 0) {
      throw new IllegalArgumentException(
          "Cannot make a sample: expected a label from 0, got " + label);
    }
  }
}
