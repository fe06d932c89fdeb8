package io.deepincubation.core.network;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Interpolation.Grid;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A network that tells each pixel's class: a vision transformer as backbone, a neck, a head and in
 * training an auxiliary head. Neck and heads belong to the last module.
 *
 * <p>In evaluation, images of any size give logits of B x classes x h x w, of the image padded
 * right and below to whole patches: resize them to {@link #padded} sides, then cut off the padding.
 * In training, it gives B x values: the logits, and behind them those of the auxiliary head; {@link
 * #loss} reads them.
 *
 * <p>With batch norm an image's result in training depends on all images of its step, so that they
 * are computed together, in one lane.
 *
 * @param backbone with taps of its depth
 * @param classes of a pixel
 * @param head what reads them off the backbone's maps
 * @param crop side of the square images in training, a multiple of the patch's, in pixels
 */
public record SegmentationNetwork(
    DenseBackbone backbone, int classes, SegmentationHead head, int crop) implements DenseNetwork {

  private static final int COLOURS = 3;

  /** Checks. */
  public SegmentationNetwork {
    if (classes < 1) {
      throw new IllegalArgumentException(
          "Cannot tell " + classes + " classes of pixels apart: expected at least 1");
    }
    int patch = backbone.transformer().patch();
    if (crop < 1 || crop % patch != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot train on crops of side %d: expected a multiple of the patches' %d",
              crop,
              patch));
    }
  }

  /** The length of a padded side of an image, in pixels: whole patches. */
  public int padded(int side) {
    return backbone.patches(side) * backbone.transformer().patch();
  }

  @Override
  public Shape inputShape() {
    return new Shape(COLOURS, crop, crop);
  }

  @Override
  public List<ParameterSpec> headParameters() {
    return heads().specs();
  }

  private SegmentationWriter heads() {
    return new SegmentationWriter(head, backbone, classes, crop, crop);
  }

  @Override
  public Block block(ModularDivision division, int moduleIndex, Compute compute) {
    var script = new DenseScript(backbone, compute);
    List<ParameterSpec> specs = parameters(division, moduleIndex);
    if (moduleIndex < division.moduleCount() - 1) {
      Shape features = backbone.featureShape(division, moduleIndex, crop);
      return ScriptBlocks.of(script.module(division, moduleIndex), specs, features);
    }
    SegmentationWriter heads = heads();
    String program =
        script.last(
            division,
            HeadWriter.methods(head.norm()),
            heads.specs().size(),
            heads.taps(),
            heads.train(),
            heads.evaluate());
    Grid logits = heads.logits();
    return ScriptBlocks.of(program, specs, new Shape(classes, logits.height(), logits.width()));
  }

  /**
   * The loss of labels: cross-entropy in fp32 of logits resized bilinearly to the labels' size,
   * averaged over the pixels that have a label, and 0.4 times the same of the auxiliary head. It is
   * 0 where no pixel has one.
   *
   * <p>The pixels are those of the images that are computed at once: all of a step with batch norm,
   * else those of a part, and parts count by their images.
   *
   * @param ignored the label of pixels that have none
   * @return for targets of B x H x W, the numbers of classes
   */
  public LossProgram loss(int ignored) {
    SegmentationWriter heads = heads();
    return SegmentationLoss.program(classes, heads.logits(), heads.auxiliaryLogits(), ignored);
  }

  @Override
  public ChannelDropout channelDropout(ModularDivision division, int moduleIndex) {
    return moduleIndex < division.moduleCount() - 1
        ? ChannelDropout.OFF
        : new ChannelDropout(heads().thinned(), head.dropout());
  }

  @Override
  public int imagesAtOnce() {
    return head.norm().joinsImages()
        ? Integer.MAX_VALUE
        : VisionTransformer.imagesAtOnce(backbone.tokens(crop, crop));
  }

  /** {@inheritDoc} Of a crop, in training: the auxiliary head counts. */
  @Override
  public double forwardFlops(ModularDivision division, int moduleIndex) {
    boolean last = moduleIndex == division.moduleCount() - 1;
    return backbone.flops(division, moduleIndex, crop, crop) + (last ? heads().flops() : 0);
  }

  @Override
  public Map<String, Object> configuration(ModularDivision division) {
    Map<String, Object> configuration = backbone.configuration(division, classes);
    configuration.put("task", "segmentation");
    var options = new LinkedHashMap<String, Object>();
    options.put("kind", lower(head.kind()));
    options.put("neck", lower(head.neck()));
    options.put("channels", head.channels());
    options.put("auxiliary_channels", head.auxiliaryChannels());
    options.put("norm", lower(head.norm().kind()));
    options.put("groups", head.norm().groups());
    options.put("dropout", head.dropout());
    options.put("crop", crop);
    configuration.put("head", options);
    return configuration;
  }

  private static String lower(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT);
  }
}
