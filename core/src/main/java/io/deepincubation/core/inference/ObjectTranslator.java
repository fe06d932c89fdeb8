package io.deepincubation.core.inference;

import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.output.BoundingBox;
import ai.djl.modality.cv.output.DetectedObjects;
import ai.djl.modality.cv.output.Mask;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslatorContext;
import io.deepincubation.core.data.augment.SceneAugmentation.Size;
import io.deepincubation.core.data.augment.SceneTransform;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.detection.Detections;
import io.deepincubation.core.network.DetectionHead;
import io.deepincubation.core.training.FoundObjects;
import io.deepincubation.core.training.SceneInputs;
import java.util.ArrayList;
import java.util.List;

/** DJL's images to what a network of detection takes, and what it finds to DJL's objects. */
final class ObjectTranslator implements NoBatchifyTranslator<Image, DetectedObjects> {

  private static final String SEEN = "seen";
  private static final int SIDES = 4;

  private final SceneTransform transform;
  private final List<String> classNames;

  ObjectTranslator(SceneTransform transform, List<String> classNames) {
    this.transform = transform;
    this.classNames = classNames;
  }

  @Override
  public NDList processInput(TranslatorContext context, Image input) {
    NDManager manager = context.getNDManager();
    Pixels pixels = ImageTranslator.pixels(input, manager);
    Size size = transform.size(pixels);
    context.setAttachment(SEEN, size);
    return new NDList(SceneInputs.of(transform, pixels, size, /* mirrored= */ false, manager));
  }

  @Override
  public DetectedObjects processOutput(TranslatorContext context, NDList list) {
    Size seen = (Size) context.getAttachment(SEEN);
    FoundObjects found = FoundObjects.of(list.head());
    Detections detections = found.detections();
    var names = new ArrayList<String>();
    var scores = new ArrayList<Double>();
    var masks = new ArrayList<BoundingBox>();
    for (int i = 0; i < detections.scores().length; i++) {
      names.add(classNames.get(detections.classes()[i]));
      scores.add((double) detections.scores()[i]);
      masks.add(mask(found, i, seen));
    }
    return new DetectedObjects(names, scores, masks);
  }

  /** The mask's probabilities over its box, which is told in parts of the image's sides. */
  private static Mask mask(FoundObjects found, int index, Size seen) {
    float[] boxes = found.detections().boxes();
    double left = (double) boxes[SIDES * index] / seen.width();
    double top = (double) boxes[SIDES * index + 1] / seen.height();
    double right = (double) boxes[SIDES * index + 2] / seen.width();
    double bottom = (double) boxes[SIDES * index + 3] / seen.height();
    int side = DetectionHead.MASK_SIDE;
    float[][] probabilities = new float[side][side];
    for (int i = 0; i < side * side; i++) {
      probabilities[i / side][i % side] = found.masks()[index * side * side + i];
    }
    return new Mask(left, top, right - left, bottom - top, probabilities);
  }
}
