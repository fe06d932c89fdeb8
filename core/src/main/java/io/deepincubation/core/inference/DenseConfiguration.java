package io.deepincubation.core.inference;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.deepincubation.core.data.augment.SceneTransform;
import io.deepincubation.core.data.pixels.Normalization;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.detection.DetectionRules;
import io.deepincubation.core.detection.ObjectRules;
import io.deepincubation.core.detection.ProposalRules;
import io.deepincubation.core.detection.RegionLevels;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.DenseBackbone;
import io.deepincubation.core.network.DetectionHead;
import io.deepincubation.core.network.DetectionNetwork;
import io.deepincubation.core.network.MapNorm;
import io.deepincubation.core.network.SegmentationHead;
import io.deepincubation.core.network.SegmentationNetwork;
import io.deepincubation.core.network.SlidingWindows;
import io.deepincubation.core.network.VisionTransformer;
import java.util.List;

/** What a {@code config.json} says of a network of a dense task. Nothing of it may be missing. */
final class DenseConfiguration {

  private static final String HEAD = "head.";
  private static final String SCENE = "scene.";
  private static final String DETECTION = "detection.";

  private final JsonObject config;
  private final JsonObject head;
  private final JsonObject scene;
  private final JsonObject detection;

  DenseConfiguration(JsonObject config) {
    this.config = config;
    head = Keys.group(config, "head");
    scene = Keys.group(config, "scene");
    detection = Keys.group(config, "detection");
  }

  /** The classes that the network tells apart. */
  int classes() {
    return Keys.requiredNumber(config, "", "num_classes");
  }

  /**
   * The network on a backbone.
   *
   * @throws UnfitDataException if a key is missing, or the task is none that this library knows
   */
  Architecture network(VisionTransformer transformer) {
    Keys.required(config, "", "taps");
    List<Integer> taps =
        Keys.list(config, "taps").orElseThrow().asList().stream()
            .map(JsonElement::getAsInt)
            .toList();
    var backbone = new DenseBackbone(transformer, taps, Keys.requiredNumber(config, "", "window"));
    ModelTask task = Keys.requiredChoice(config, "", "task", ModelTask.class);
    return switch (task) {
      case SEGMENTATION -> segmentation(backbone);
      case DETECTION -> detection(backbone);
      case CLASSIFICATION ->
          throw new UnfitDataException(
              "expected a task of segmentation or detection, got classification");
    };
  }

  private SegmentationNetwork segmentation(DenseBackbone backbone) {
    var norm =
        new MapNorm(Keys.requiredChoice(head, HEAD, "norm", MapNorm.Kind.class), ofHead("groups"));
    var onBackbone =
        new SegmentationHead(
            Keys.requiredChoice(head, HEAD, "kind", SegmentationHead.Kind.class),
            Keys.requiredChoice(head, HEAD, "neck", SegmentationHead.Neck.class),
            ofHead("channels"),
            ofHead("auxiliary_channels"),
            norm,
            Keys.required(head, HEAD, "dropout").getAsDouble());
    return new SegmentationNetwork(backbone, classes(), onBackbone, ofHead("crop"));
  }

  private DetectionNetwork detection(DenseBackbone backbone) {
    var sampling =
        new DetectionHead.Sampling(ofHead("anchors"), ofHead("regions"), ofHead("foreground"));
    var onBackbone =
        new DetectionHead(
            ofHead("channels"),
            ofHead("levels"),
            ofHead("box_width"),
            ofHead("mask_convolutions"),
            ofHead("samples"),
            sampling);
    return new DetectionNetwork(backbone, classes(), onBackbone, ofHead("side"));
  }

  private int ofHead(String key) {
    return Keys.requiredNumber(head, HEAD, key);
  }

  /** What images go through. */
  SceneTransform transform() {
    return new SceneTransform(
        Keys.requiredNumber(scene, SCENE, "long_side"),
        Keys.requiredNumber(scene, SCENE, "short_side"),
        new Normalization(
            Keys.numbers(scene, "mean", Normalization.IMAGENET_MEAN),
            Keys.numbers(scene, "std", Normalization.IMAGENET_STD)));
  }

  /** How a network's outputs become objects. */
  ObjectRules rules() {
    return new ObjectRules(
        above("anchor-size", Double.MAX_VALUE),
        RegionLevels.ofPyramid(above("region-size", Double.MAX_VALUE)),
        new ProposalRules(
            count("proposals-per-level"), above("proposal-overlap", 1), count("proposals")),
        new DetectionRules(above("score", 1), above("overlap", 1), count("detections")));
  }

  private int count(String key) {
    int count = Keys.requiredNumber(detection, DETECTION, key);
    if (count < 1) {
      throw new UnfitDataException("expected " + DETECTION + key + " from 1, got " + count);
    }
    return count;
  }

  /** A number from 0 on. */
  private double above(String key, double most) {
    double value = Keys.required(detection, DETECTION, key).getAsDouble();
    if (!(value >= 0 && value <= most)) {
      throw new UnfitDataException(
          "expected " + DETECTION + key + " from 0 to " + most + ", got " + value);
    }
    return value;
  }

  /** The windows that images are looked at through. */
  SlidingWindows windows() {
    return new SlidingWindows(
        Keys.requiredNumber(scene, SCENE, "window"), Keys.requiredNumber(scene, SCENE, "stride"));
  }
}
