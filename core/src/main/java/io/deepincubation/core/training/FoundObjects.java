package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.detection.DetectedObject;
import io.deepincubation.core.detection.Detections;
import io.deepincubation.core.network.DetectionHead;
import io.deepincubation.core.script.HostArrays;
import io.deepincubation.core.script.TorchEngine;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * What a network found on an image, as it saw it.
 *
 * @param detections N, by falling score
 * @param masks N x 28 x 28 probabilities, each over its detection's box
 */
public record FoundObjects(Detections detections, float[] masks) {

  private static final int SIDES = 4;
  private static final int PIXELS = DetectionHead.MASK_SIDE * DetectionHead.MASK_SIDE;

  /** Of an object: box, score, class, mask. */
  public static final int VALUES = SIDES + 2 + PIXELS;

  /**
   * The objects at the image's own size.
   *
   * @param fromHeight rows that the network saw
   * @param fromWidth columns that the network saw
   * @param height of the image
   * @param width of the image
   */
  public List<DetectedObject> at(int fromHeight, int fromWidth, int height, int width) {
    return detections
        .resized(fromHeight, fromWidth, height, width)
        .objects(masks, DetectionHead.MASK_SIDE, height, width);
  }

  /** All as one array, N x 790, for {@link #of}. */
  public NDArray packed(NDManager manager) {
    int count = detections.scores().length;
    var values = FloatBuffer.allocate(count * VALUES);
    for (int i = 0; i < count; i++) {
      values.put(detections.boxes(), SIDES * i, SIDES);
      values.put(detections.scores()[i]);
      values.put(detections.classes()[i]);
      values.put(masks, PIXELS * i, PIXELS);
    }
    return HostArrays.array(
        TorchEngine.hostManager(manager), new Shape(count, VALUES), values.flip());
  }

  /** What {@link #packed} gave. */
  public static FoundObjects of(NDArray packed) {
    int count = (int) packed.getShape().get(0);
    var values = FloatBuffer.wrap(packed.toFloatArray());
    var found = new Detections(new float[SIDES * count], new float[count], new int[count]);
    var masks = new float[PIXELS * count];
    for (int i = 0; i < count; i++) {
      values.get(found.boxes(), SIDES * i, SIDES);
      found.scores()[i] = values.get();
      found.classes()[i] = (int) values.get();
      values.get(masks, PIXELS * i, PIXELS);
    }
    return new FoundObjects(found, masks);
  }
}
