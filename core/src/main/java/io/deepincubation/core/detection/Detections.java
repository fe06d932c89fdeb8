package io.deepincubation.core.detection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Detections on an image, by falling score.
 *
 * @param boxes N x 4
 * @param scores probability of each
 * @param classes of each, from 0
 */
public record Detections(float[] boxes, float[] scores, int[] classes) {

  /**
   * Moves the boxes to the image's own size, which the network may have seen smaller or larger.
   *
   * @param fromHeight rows that the network saw
   * @param fromWidth columns that the network saw
   * @param height of the image
   * @param width of the image
   */
  public Detections resized(int fromHeight, int fromWidth, int height, int width) {
    float[] resized = new float[boxes.length];
    for (int i = 0; i < boxes.length; i += 2) {
      resized[i] = (float) ((double) boxes[i] * width / fromWidth);
      resized[i + 1] = (float) ((double) boxes[i + 1] * height / fromHeight);
    }
    Boxes.clip(resized, height, width);
    return new Detections(resized, scores, classes);
  }

  /** The objects, without masks. */
  public List<DetectedObject> objects() {
    return IntStream.range(0, scores.length)
        .mapToObj(i -> new DetectedObject(classes[i], scores[i], Boxes.box(boxes, i), null))
        .toList();
  }

  /**
   * The objects with masks.
   *
   * @param masks N x side x side probabilities, each of its detection's class, over its box
   * @param side of a mask: 28
   * @param height of the image
   * @param width of the image
   */
  public List<DetectedObject> objects(float[] masks, int side, int height, int width) {
    List<DetectedObject> objects = new ArrayList<>();
    for (int i = 0; i < scores.length; i++) {
      float[] mask = Arrays.copyOfRange(masks, i * side * side, (i + 1) * side * side);
      var pasted = new PastedMask(mask, side, Boxes.box(boxes, i), height, width);
      objects.add(
          new DetectedObject(classes[i], scores[i], Boxes.box(boxes, i), pasted.runLengths()));
    }
    return objects;
  }

  Detections where(IntPredicate condition) {
    return pick(IntStream.range(0, scores.length).filter(condition).toArray());
  }

  Detections pick(int[] indices) {
    float[] pickedScores = new float[indices.length];
    int[] pickedClasses = new int[indices.length];
    for (int i = 0; i < indices.length; i++) {
      pickedScores[i] = scores[indices[i]];
      pickedClasses[i] = classes[indices[i]];
    }
    return new Detections(Boxes.pick(boxes, indices), pickedScores, pickedClasses);
  }

  /** Gathers detections whose number is not known before. */
  static final class Collector {

    private static final int FIRST = 64;

    private float[] boxes = new float[Boxes.SIDES * FIRST];
    private float[] scores = new float[FIRST];
    private int[] classes = new int[FIRST];
    private int size;

    void add(float[] box, float score, int classIndex) {
      if (size == scores.length) {
        boxes = Arrays.copyOf(boxes, 2 * boxes.length);
        scores = Arrays.copyOf(scores, 2 * size);
        classes = Arrays.copyOf(classes, 2 * size);
      }
      System.arraycopy(box, 0, boxes, Boxes.SIDES * size, Boxes.SIDES);
      scores[size] = score;
      classes[size++] = classIndex;
    }

    Detections detections() {
      return new Detections(
          Arrays.copyOf(boxes, Boxes.SIDES * size),
          Arrays.copyOf(scores, size),
          Arrays.copyOf(classes, size));
    }
  }
}
