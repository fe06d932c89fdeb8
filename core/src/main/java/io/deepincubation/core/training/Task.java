package io.deepincubation.core.training;

import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.network.LossProgram;

/**
 * What a network is trained to do: what its images' targets are, what it loses by other outputs,
 * and how its outputs are measured. {@link Classification} is the first.
 *
 * <p>It belongs to no network and no thread, and holds no arrays.
 */
public interface Task {

  /** Its name, in lower case, such as {@code classification}. */
  String name();

  /** Shape of one image's targets; those of a batch are B x ... */
  Shape targetShape();

  /** Share of a soft target that all classes divide evenly, at least 0 and below 1. */
  double labelSmoothing();

  /** The loss of a batch's outputs, averaged over its images. */
  LossProgram loss();

  /** Counts for one measurement, of nothing yet. */
  Tally tally();
}
