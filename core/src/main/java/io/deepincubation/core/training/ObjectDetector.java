package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.augment.SceneAugmentation;
import io.deepincubation.core.detection.BoxCoding;
import io.deepincubation.core.detection.Detections;
import io.deepincubation.core.detection.ObjectRules;
import io.deepincubation.core.detection.ProposalRules;
import io.deepincubation.core.detection.PyramidAnchors;
import io.deepincubation.core.network.DetectionHeads;
import io.deepincubation.core.network.DetectionNetwork;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.network.Regions;
import java.util.List;

/**
 * Finds objects on images by a trained {@link DetectionNetwork}: proposals, boxes of them, masks of
 * what is kept. Threads may use it at once.
 */
public final class ObjectDetector {

  private final ModularNetwork network;
  private final DetectionNetwork detection;
  private final DetectionHeads heads;
  private final ObjectRules rules;

  /**
   * Prepares a network's use.
   *
   * @param network a detection network
   * @param rules how its outputs become objects
   */
  public ObjectDetector(ModularNetwork network, ObjectRules rules) {
    this.network = network;
    this.rules = rules;
    detection = (DetectionNetwork) network.architecture();
    heads = network.detectionHeads();
  }

  /**
   * What is on an image.
   *
   * @param image 1 x C x H x W, normalised, of any size
   * @throws io.deepincubation.core.data.pixels.UnfitDataException if the network's outputs are no
   *     numbers
   */
  public FoundObjects on(NDArray image) {
    int height = (int) image.getShape().get(2);
    int width = (int) image.getShape().get(3);
    try (NDManager pass = image.getManager().newSubManager()) {
      NDArray padded = padded(image, pass, height, width);
      var outputs =
          new DetectionHeads.Outputs(
              network.evaluate(padded),
              (int) padded.getShape().get(2),
              (int) padded.getShape().get(3));
      NDList parameters = lastModule().parameters();
      Detections found = detections(outputs, parameters, height, width);
      Regions regions = regions(found.boxes());
      float[] masks = heads.masks(outputs, parameters, regions, found.classes());
      return new FoundObjects(found, probabilities(masks));
    }
  }

  /** With zeros to the right and below, up to whole places of the coarsest map. */
  private static NDArray padded(NDArray image, NDManager pass, int height, int width) {
    Shape shape = image.getShape();
    NDArray padded =
        pass.zeros(
            new Shape(
                shape.get(0),
                shape.get(1),
                SceneAugmentation.padded(height),
                SceneAugmentation.padded(width)));
    padded.set(new NDIndex(":, :, 0:{}, 0:{}", height, width), image);
    return padded;
  }

  private NetworkModule lastModule() {
    return network.modules().get(network.modules().size() - 1);
  }

  private Detections detections(
      DetectionHeads.Outputs outputs, NDList parameters, int height, int width) {
    float[] proposals = proposals(outputs, height, width).boxes();
    DetectionHeads.Boxes boxes = heads.boxes(outputs, parameters, regions(proposals));
    return rules
        .detections()
        .detections(proposals, boxes.logits(), boxes.deltas(), BoxCoding.DETECTIONS, height, width);
  }

  private ProposalRules.Proposals proposals(DetectionHeads.Outputs outputs, int height, int width) {
    OutputFault.requireNone("", outputs.values());
    DetectionHeads.Proposals said = heads.proposals(outputs);
    var anchors = PyramidAnchors.of(detection, heads.levels(outputs), rules.anchorSize());
    List<ProposalRules.Level> levels = anchors.levels(said.logits(), said.deltas(), /* image= */ 0);
    return rules.proposals().proposals(levels, height, width);
  }

  /** Boxes on the one image. */
  private Regions regions(float[] boxes) {
    int[] levels = rules.regions().of(boxes);
    return new Regions(new int[levels.length], levels, boxes);
  }

  private static float[] probabilities(float[] logits) {
    float[] probabilities = new float[logits.length];
    for (int i = 0; i < logits.length; i++) {
      probabilities[i] = (float) (1 / (1 + Math.exp(-logits[i])));
    }
    return probabilities;
  }
}
