package io.deepincubation.core.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.training.FoundObjects;
import io.deepincubation.core.training.ObjectDetector;

/** A trained network of detection as one DJL block: an image, 1 x C x H x W, to what is on it. */
final class ObjectBlock extends TrainedBlock {

  private final ObjectDetector detector;

  ObjectBlock(ObjectDetector detector) {
    this.detector = detector;
  }

  /** {@inheritDoc} One array, see {@link FoundObjects#packed}. */
  @Override
  NDList outputs(NDList inputs) {
    NDArray image = inputs.head();
    return new NDList(detector.on(image).packed(image.getManager()));
  }

  /** {@inheritDoc} As many rows as objects, which only the image tells. */
  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    return new Shape[] {new Shape(-1, FoundObjects.VALUES)};
  }
}
