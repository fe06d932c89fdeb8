package io.deepincubation.core.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;

/** The mean over several looks at an image of the probabilities of its pixels' classes. */
public final class MeanProbabilities {

  private final Resizing resizing;
  private final NDArray sum;
  private int looks;

  MeanProbabilities(Resizing resizing, NDManager manager, int classes, int height, int width) {
    this.resizing = resizing;
    sum = manager.zeros(new Shape(1, classes, height, width));
  }

  /**
   * Adds a look: logits are resized bilinearly to the image's own size, then become probabilities.
   *
   * @param logits 1 x classes x h x w
   * @param mirrored whether left and right of the look are changed
   */
  public void add(NDArray logits, boolean mirrored) {
    int height = (int) sum.getShape().get(2);
    int width = (int) sum.getShape().get(3);
    resizing.bilinear(
        logits,
        height,
        width,
        Resizing.MOST_VALUES,
        (first, rows) -> {
          NDArray probabilities = rows.softmax(1);
          NDArray seen = mirrored ? probabilities.flip(3) : probabilities;
          long end = first + rows.getShape().get(2);
          sum.set(new NDIndex(":, :, {}:{}", first, end), before -> before.add(seen));
        });
    looks++;
  }

  /** 1 x classes x H x W. */
  NDArray values() {
    return sum.div(looks);
  }

  /** The likeliest class of each pixel, 1 x H x W, whole numbers of 64 bits. */
  public NDArray classes() {
    return sum.argMax(1);
  }
}
