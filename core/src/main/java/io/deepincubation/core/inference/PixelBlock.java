package io.deepincubation.core.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.network.PixelLogits;
import io.deepincubation.core.training.OutputFault;

/**
 * A trained network of segmentation as one DJL block: B x C x H x W to the logits of all pixels, B
 * x classes x H x W. Given a second array, height and width in whole numbers of 64 bits, it gives
 * the classes of one image's pixels at that size, 1 x height x width.
 */
final class PixelBlock extends TrainedBlock {

  private final PixelLogits pixels;
  private final int classes;

  PixelBlock(PixelLogits pixels, int classes) {
    this.pixels = pixels;
    this.classes = classes;
  }

  @Override
  NDList outputs(NDList inputs) {
    NDArray logits = pixels.of(inputs.head());
    if (inputs.size() == 1) {
      return new NDList(logits);
    }
    OutputFault.requireNone("Cannot tell the classes of pixels", logits);
    long[] size = inputs.get(1).toLongArray();
    return new NDList(pixels.classes(logits, (int) size[0], (int) size[1]));
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    Shape images = inputShapes[0];
    return new Shape[] {new Shape(images.get(0), classes, images.get(2), images.get(3))};
  }
}
