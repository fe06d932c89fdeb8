package io.deepincubation.core.network;

import io.deepincubation.core.network.HeadWriter.Features;
import io.deepincubation.core.network.HeadWriter.Filters;
import io.deepincubation.core.network.Interpolation.Grid;
import java.util.ArrayList;
import java.util.List;

/** Writes down neck, pyramid, region proposals and heads of a {@link DetectionNetwork}. */
final class DetectionWriter {

  /** Of the layer that tells boxes from the proposals', and of the one that draws masks. */
  private static final double SMALLER_DEVIATION = 0.001;

  private static final int COORDINATES = 4;

  private final DetectionHead head;
  private final HeadWriter writer = new HeadWriter(MapNorm.LAYER);
  private final List<String> taps = new ArrayList<>();
  private final List<Features> levels = new ArrayList<>();
  private final List<String> packed = new ArrayList<>();
  private final DenseScript.Output pyramid;
  private final DenseScript.Output boxes;
  private final DenseScript.Output masks;
  private final double flops;

  /**
   * Writes them.
   *
   * @param head what they are like
   * @param backbone whose maps they read
   * @param classes of objects, K
   * @param height of an image in pixels
   * @param width of an image in pixels
   */
  DetectionWriter(DetectionHead head, DenseBackbone backbone, int classes, int height, int width) {
    this.head = head;
    List<Features> maps = new ArrayList<>();
    for (int i = 0; i < DenseBackbone.TAPS; i++) {
      taps.add("f" + i);
      int channels = backbone.transformer().width();
      var map =
          new Features(taps.get(i), channels, backbone.patches(height), backbone.patches(width));
      maps.add(writer.norm("neck.norm." + i, map));
    }
    addLevels(new PyramidNeck(writer).of(maps, backbone.transformer().patch()));
    propose();
    pyramid = new DenseScript.Output(writer.takeLines(), "torch.cat([" + joined() + "], 1)");
    double ofImage = writer.takeFlops();
    boxes = writeBoxes(classes);
    double ofRegions = writer.takeFlops() * head.sampling().regions();
    masks = writeMasks(classes);
    flops = ofImage + ofRegions + writer.takeFlops() * head.sampling().foreground();
  }

  private String joined() {
    return String.join(", ", packed);
  }

  /** The feature pyramid (Lin et al., 2017), from the last map to the first. */
  private void addLevels(List<Features> maps) {
    List<Features> lateral = new ArrayList<>();
    for (int i = 0; i < maps.size(); i++) {
      lateral.add(convolve("fpn.lateral." + i, maps.get(i), 1));
    }
    for (int i = maps.size() - 2; i >= 0; i--) {
      Features lower = lateral.get(i);
      lateral.set(i, writer.add(lower, writer.repeated(lateral.get(i + 1), lower)));
    }
    for (int i = 0; i < maps.size(); i++) {
      levels.add(convolve("fpn.output." + i, lateral.get(i), 3));
    }
    if (head.levels() > maps.size()) {
      levels.add(writer.halved(levels.get(levels.size() - 1)));
    }
  }

  /** Without ReLU behind it: keeps the variance of what comes in. */
  private Features convolve(String name, Features x, int kernel) {
    double deviation = Math.sqrt(1.0 / ((double) kernel * kernel * x.channels()));
    return writer.convolution(name, x, head.channels(), kernel, deviation);
  }

  /** Region proposals (Ren et al., 2015), by the same filters on every level. */
  private void propose() {
    int channels = head.channels();
    double deviation = HeadWriter.SMALL_DEVIATION;
    int anchors = DetectionHead.ANCHORS_AT_A_PLACE;
    Filters hidden = writer.filters("rpn.conv", channels, channels, 3, deviation);
    Filters score = writer.filters("rpn.objectness", channels, anchors, 1, deviation);
    Filters delta = writer.filters("rpn.deltas", channels, COORDINATES * anchors, 1, deviation);
    List<String> scores = new ArrayList<>();
    List<String> deltas = new ArrayList<>();
    for (int i = 0; i < levels.size(); i++) {
      if (i < DetectionHead.REGION_LEVELS) {
        packed.add(byPlace(levels.get(i)));
      }
      Features active = writer.relu(writer.convolved(hidden, levels.get(i)));
      scores.add(byPlace(writer.convolved(score, active)));
      deltas.add(byPlace(writer.convolved(delta, active)));
    }
    packed.addAll(scores);
    packed.addAll(deltas);
  }

  /** Values row by row, place by place, channel by channel, B x values. */
  private static String byPlace(Features x) {
    return "torch.flatten(torch.permute(" + x.name() + ", [0, 2, 3, 1]), 1)";
  }

  /** Of bins r: class logits and deltas. */
  private DenseScript.Output writeBoxes(int classes) {
    int side = DetectionHead.BOX_SIDE;
    int values = side * side * head.channels();
    int width = head.boxWidth();
    String hidden = writer.linear("roi.fc1", "torch.flatten(r, 1)", values, width, he(values));
    hidden = writer.linear("roi.fc2", relu(hidden), width, width, he(width));
    double small = HeadWriter.SMALL_DEVIATION;
    String logits = writer.linear("roi.classify", relu(hidden), width, classes + 1, small);
    String deltas =
        writer.linear("roi.deltas", relu(hidden), width, COORDINATES * classes, SMALLER_DEVIATION);
    return new DenseScript.Output(writer.takeLines(), "[" + logits + ", " + deltas + "]");
  }

  private static double he(int fanIn) {
    return Math.sqrt(2.0 / fanIn);
  }

  private static String relu(String variable) {
    return "torch.relu(" + variable + ")";
  }

  /** Of bins r: logits of all classes' masks. */
  private DenseScript.Output writeMasks(int classes) {
    int channels = head.channels();
    int bins = DetectionHead.MASK_BINS;
    var x = new Features("r", channels, bins, bins);
    for (int i = 0; i < head.maskConvolutions(); i++) {
      double deviation = Math.sqrt(2.0 / (9.0 * channels));
      x = writer.relu(writer.convolution("roi.mask." + i, x, channels, 3, deviation));
    }
    x = writer.relu(writer.doubled("roi.mask.up", x));
    x = writer.convolution("roi.mask.classify", x, classes, 1, SMALLER_DEVIATION);
    return new DenseScript.Output(writer.takeLines(), x.name());
  }

  /** Names of the backbone's maps in the lines. */
  List<String> taps() {
    return taps;
  }

  /** The parameters of all. */
  List<ParameterSpec> specs() {
    return writer.specs();
  }

  /** Sizes of the region proposals' levels. */
  List<Grid> levels() {
    return levels.stream().map(level -> new Grid(level.height(), level.width())).toList();
  }

  /**
   * What is computed of images: B x values, those of the first four levels' maps, place by place,
   * then of the anchors' logits, then of their deltas.
   */
  DenseScript.Output pyramid() {
    return pyramid;
  }

  /** What is computed of regions' bins r of the box head. */
  DenseScript.Output boxes() {
    return boxes;
  }

  /** What is computed of regions' bins r of the mask head. */
  DenseScript.Output masks() {
    return masks;
  }

  /** Floating-point operations of one image, with as many regions as are sampled. */
  double flops() {
    return flops;
  }
}
