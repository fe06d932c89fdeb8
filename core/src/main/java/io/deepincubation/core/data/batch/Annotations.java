package io.deepincubation.core.data.batch;

import io.deepincubation.core.data.annotation.SceneObjects;
import java.util.List;

/**
 * What is annotated on the samples of a batch, as training sees it. Written by several threads,
 * each for samples of its own.
 *
 * @param values B x ..., such as the classes of pixels; none where samples have labels or objects
 * @param objects B; none where samples have labels or values
 */
public record Annotations(float[] values, SceneObjects[] objects) {

  /** Of samples that have labels. */
  public static final Annotations NONE = new Annotations(new float[0], new SceneObjects[0]);

  /** The objects in their order; none where there are no objects. */
  List<SceneObjects> list() {
    return List.of(objects);
  }
}
