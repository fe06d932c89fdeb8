package io.deepincubation.core.training;

import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.batch.Targets;
import io.deepincubation.core.network.LossProgram;
import java.util.Set;

/**
 * What a network is trained to do: what its images' targets are, what it loses by other outputs,
 * and how its outputs are measured. {@link Classification} is the first, {@link MultiLabel} of
 * images with any number of classes the second.
 *
 * <p>It belongs to no network and no thread, and holds no arrays.
 */
public interface Task {

  /** Its name, in lower case, such as {@code classification}. */
  String name();

  /** Shape of one image's targets; those of a batch are B x ... */
  Shape targetShape();

  /** What labels of training images become. */
  Targets targets();

  /** The loss of a batch's outputs, averaged over its images. */
  LossProgram loss();

  /** Counts for one measurement, of nothing yet. */
  Tally tally();

  /** Names of the measures that a recipe may choose weights by. */
  default Set<String> measures() {
    return Set.of();
  }
}
