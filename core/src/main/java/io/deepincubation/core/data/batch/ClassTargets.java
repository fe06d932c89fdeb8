package io.deepincubation.core.data.batch;

import io.deepincubation.core.data.augment.Mix;
import java.util.Collections;
import java.util.List;

/**
 * Soft targets of images with one class each: {@linkplain Mix#targets mixed and smoothed}, times
 * the weight of each class, B x classes.
 *
 * @param classes columns
 * @param smoothing share of a target that all classes divide evenly
 * @param weights of the classes
 */
public record ClassTargets(int classes, double smoothing, List<Double> weights) implements Targets {

  /** Copies. */
  public ClassTargets {
    weights = List.copyOf(weights);
  }

  /** All classes count alike. */
  public ClassTargets(int classes, double smoothing) {
    this(classes, smoothing, Collections.nCopies(classes, 1.0));
  }

  @Override
  public int values() {
    return classes;
  }

  @Override
  public int labels() {
    return classes;
  }

  @Override
  public float[] of(int[] labels, Mix mix, Annotations annotations) {
    float[] targets = mix.targets(labels, classes, smoothing);
    for (int column = 0; column < classes; column++) {
      if (weights.get(column) != 1) {
        for (int i = column; i < targets.length; i += classes) {
          targets[i] *= weights.get(column).floatValue();
        }
      }
    }
    return targets;
  }
}
