package io.deepincubation.core.network;

import io.deepincubation.core.network.HeadWriter.Features;
import io.deepincubation.core.network.Interpolation.Grid;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes down the neck and the heads of a {@link SegmentationNetwork}. */
final class SegmentationWriter {

  /** Sides of the pyramid pooling module's maps (Zhao et al., 2017). */
  private static final List<Integer> POOLS = List.of(1, 2, 3, 6);

  /** The map that the auxiliary head is on. */
  private static final int AUXILIARY_MAP = 2;

  private final SegmentationHead head;
  private final HeadWriter writer;
  private final List<String> taps = new ArrayList<>();
  private final Grid logits;
  private final @Nullable Grid auxiliaryLogits;
  private final DenseScript.Output evaluate;
  private final DenseScript.Output train;

  /**
   * Writes them.
   *
   * @param head what they are like
   * @param backbone whose maps they read
   * @param classes of a pixel
   * @param height of an image in pixels, for the count of operations
   * @param width of an image in pixels
   */
  SegmentationWriter(
      SegmentationHead head, DenseBackbone backbone, int classes, int height, int width) {
    this.head = head;
    writer = new HeadWriter(head.norm());
    List<Features> maps = new ArrayList<>();
    for (int i = 0; i < DenseBackbone.TAPS; i++) {
      taps.add("f" + i);
      int channels = backbone.transformer().width();
      maps.add(
          new Features(taps.get(i), channels, backbone.patches(height), backbone.patches(width)));
    }
    List<Features> levels =
        head.neck() == SegmentationHead.Neck.NONE
            ? maps
            : new PyramidNeck(writer).of(maps, backbone.transformer().patch());
    Features main = classify("head.classify", read(levels), classes);
    logits = new Grid(main.height(), main.width());
    evaluate = new DenseScript.Output(writer.lines(), main.name());
    if (head.auxiliaryChannels() == 0) {
      auxiliaryLogits = null;
      train = new DenseScript.Output(writer.lines(), flat(main));
    } else {
      Features map = levels.get(AUXILIARY_MAP);
      Features hidden = writer.cnr("aux.conv", map, head.auxiliaryChannels(), 3);
      Features auxiliary = classify("aux.classify", hidden, classes);
      auxiliaryLogits = new Grid(auxiliary.height(), auxiliary.width());
      String both = "torch.cat([" + flat(main) + ", " + flat(auxiliary) + "], 1)";
      train = new DenseScript.Output(writer.lines(), both);
    }
  }

  private static String flat(Features x) {
    return "torch.flatten(" + x.name() + ", 1)";
  }

  private Features classify(String name, Features x, int classes) {
    return writer.convolution(name, writer.thinned(x), classes, 1, HeadWriter.SMALL_DEVIATION);
  }

  private Features read(List<Features> levels) {
    return head.kind() == SegmentationHead.Kind.FCN
        ? writer.cnr("head.conv", levels.get(levels.size() - 1), head.channels(), 3)
        : fuse(levels);
  }

  /** Pyramid pooling on the last level, the pyramid from top to bottom, all levels together. */
  private Features fuse(List<Features> levels) {
    int last = levels.size() - 1;
    Features top = poolPyramid(levels.get(last));
    List<Features> pyramid = new ArrayList<>();
    for (int i = 0; i < last; i++) {
      pyramid.add(writer.cnr("head.lateral." + i, levels.get(i), head.channels(), 1));
    }
    pyramid.add(top);
    for (int i = last - 1; i >= 0; i--) {
      Features lower = pyramid.get(i);
      pyramid.set(i, writer.add(lower, writer.resized(pyramid.get(i + 1), lower)));
    }
    List<Features> smooth = new ArrayList<>();
    for (int i = 0; i < last; i++) {
      Features own = writer.cnr("head.smooth." + i, pyramid.get(i), head.channels(), 3);
      smooth.add(i == 0 ? own : writer.resized(own, smooth.get(0)));
    }
    smooth.add(writer.resized(top, smooth.get(0)));
    return writer.cnr("head.fuse", writer.joined(smooth), head.channels(), 3);
  }

  private Features poolPyramid(Features map) {
    List<Features> all = new ArrayList<>(List.of(map));
    for (int i = 0; i < POOLS.size(); i++) {
      Features pooled = writer.pooled(map, POOLS.get(i));
      Features read = writer.cnr("head.ppm." + i, pooled, head.channels(), 1);
      all.add(writer.resized(read, map));
    }
    return writer.cnr("head.bottleneck", writer.joined(all), head.channels(), 3);
  }

  /** Names of the backbone's maps in the lines. */
  List<String> taps() {
    return taps;
  }

  /** The parameters. */
  List<ParameterSpec> specs() {
    return writer.specs();
  }

  /** What is computed in evaluation: B x classes x h x w. */
  DenseScript.Output evaluate() {
    return evaluate;
  }

  /** What is computed in training: the same and the auxiliary head's, flat, B x values. */
  DenseScript.Output train() {
    return train;
  }

  /** Size of an image's logits. */
  Grid logits() {
    return logits;
  }

  /** Size of the auxiliary head's logits, null where there is none. */
  @Nullable Grid auxiliaryLogits() {
    return auxiliaryLogits;
  }

  /** Floating-point operations of one image, the auxiliary head's included. */
  double flops() {
    return writer.flops();
  }

  /** Channels that may be dropped. */
  int thinned() {
    return writer.thinned();
  }
}
