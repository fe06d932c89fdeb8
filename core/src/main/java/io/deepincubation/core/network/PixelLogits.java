package io.deepincubation.core.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.network.SlidingWindows.Span;
import java.util.function.UnaryOperator;

/** What a {@link SegmentationNetwork} says of each pixel, in evaluation. */
public final class PixelLogits {

  private final ModularNetwork network;
  private final SegmentationNetwork segmentation;
  private final SlidingWindows windows;

  /**
   * Prepares a network's use.
   *
   * @param network a segmentation network
   * @param windows that it looks through; logits are averaged where they overlap
   */
  public PixelLogits(ModularNetwork network, SlidingWindows windows) {
    this.network = network;
    this.windows = windows;
    segmentation = (SegmentationNetwork) network.architecture();
  }

  /**
   * The logits of all pixels.
   *
   * @param images B x C x H x W, of any size
   * @return B x classes x H x W, in the manager of the images
   */
  public NDArray of(NDArray images) {
    return averaged(images, segmentation.classes(), windows, this::ofWindow);
  }

  /** What a network of logits of its image's size gives, averaged where windows overlap. */
  static NDArray averaged(
      NDArray images, int classes, SlidingWindows windows, UnaryOperator<NDArray> network) {
    Shape shape = images.getShape();
    var rows = windows.of((int) shape.get(2));
    var columns = windows.of((int) shape.get(3));
    if (rows.size() == 1 && columns.size() == 1) {
      return network.apply(images);
    }
    Shape whole = new Shape(shape.get(0), classes, shape.get(2), shape.get(3));
    NDArray sum = images.getManager().zeros(whole);
    NDArray count = images.getManager().zeros(new Shape(1, 1, shape.get(2), shape.get(3)));
    for (Span row : rows) {
      for (Span column : columns) {
        NDIndex part = part(row, column);
        NDArray logits = network.apply(images.get(part));
        sum.set(part, seen -> seen.add(logits));
        count.set(part, seen -> seen.add(1));
        logits.close();
      }
    }
    return sum.div(count);
  }

  private static NDIndex part(Span rows, Span columns) {
    return new NDIndex(
        ":, :, {}:{}, {}:{}", rows.start(), rows.end(), columns.start(), columns.end());
  }

  private NDArray ofWindow(NDArray images) {
    int height = (int) images.getShape().get(2);
    int width = (int) images.getShape().get(3);
    NDArray large =
        network
            .resizing()
            .bilinear(
                network.evaluate(images), segmentation.padded(height), segmentation.padded(width));
    return large.getShape().get(2) == height && large.getShape().get(3) == width
        ? large
        : large.get(part(new Span(0, height), new Span(0, width)));
  }

  /**
   * The class of each pixel of an image at its own size.
   *
   * @param logits 1 x classes x h x w, as {@link #of} gives them
   * @param height of the original image
   * @param width of the original image
   * @return 1 x height x width, whole numbers of 64 bits, in the manager of the logits
   */
  public NDArray classes(NDArray logits, int height, int width) {
    var parts = new NDList();
    network
        .resizing()
        .bilinear(
            logits,
            height,
            width,
            Resizing.MOST_VALUES,
            (first, rows) -> {
              NDArray part = rows.argMax(1);
              part.attach(logits.getManager());
              parts.add(part);
            });
    return NDArrays.concat(parts, 1);
  }

  /**
   * The mean of the probabilities of several looks at an image, at its own size.
   *
   * @param manager owns it
   * @param height of the original image
   * @param width of the original image
   */
  public MeanProbabilities mean(NDManager manager, int height, int width) {
    return new MeanProbabilities(
        network.resizing(), manager, segmentation.classes(), height, width);
  }
}
