package io.deepincubation.core.data.batch;

import io.deepincubation.core.data.augment.Mix;

/**
 * What the labels of a batch's images, or their annotations, become for a task's loss. A pure
 * function.
 */
public interface Targets {

  /** Values of one image's targets. */
  int values();

  /** A number that all labels are below. */
  int labels();

  /**
   * The targets of a batch.
   *
   * @param labels B
   * @param mix how the images were mixed
   * @param annotations of the images
   * @return B x values
   */
  float[] of(int[] labels, Mix mix, Annotations annotations);
}
