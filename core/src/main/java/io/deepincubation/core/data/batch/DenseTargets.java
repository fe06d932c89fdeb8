package io.deepincubation.core.data.batch;

import io.deepincubation.core.data.augment.Mix;
import io.deepincubation.core.data.set.SceneTable;

/**
 * Targets of dense tasks: the values that are annotated, as they are.
 *
 * @param values of one image: a class for each pixel, or none where objects are annotated
 */
public record DenseTargets(int values) implements Targets {

  @Override
  public int labels() {
    return SceneTable.LABELS;
  }

  @Override
  public float[] of(int[] labels, Mix mix, Annotations annotations) {
    return annotations.values();
  }
}
