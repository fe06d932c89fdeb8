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
 * A network that finds objects and their masks: a vision transformer as backbone, a feature
 * pyramid, region proposals, a box head and a mask head, all of which belong to the last module.
 *
 * <p>A step is made of two calls. The modules give of images, in training as in evaluation, B x
 * values: the pyramid's maps, the anchors' logits and their deltas. From these the caller makes
 * proposals; {@link DetectionHeads} reads the same values again for the losses and the heads.
 *
 * @param backbone with taps of its depth
 * @param classes of objects, K
 * @param head what finds them on the backbone's maps
 * @param side of the square in pixels that an image of training lies in
 * @param image size of the images that are trained on: the square, or where they are whole images
 *     of sizes of their own within it, a usual one
 */
public record DetectionNetwork(
    DenseBackbone backbone, int classes, DetectionHead head, int side, Grid image)
    implements DenseNetwork {

  private static final int COLOURS = 3;

  /** Levels from the pyramid's first to that of the backbone's patches, by halving. */
  private static final int LARGE_PATCH_LEVEL = 4;

  private static final int SMALL_PATCH_LEVEL = 2;

  /** Checks. */
  public DetectionNetwork {
    if (classes < 1 || side < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot find objects of %d classes on images of side %d: expected at least 1 of both",
              classes,
              side));
    }
    int patch = backbone.transformer().patch();
    if (!hasWholeStrides(patch)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot tell the places of maps of patches of side %d: expected a multiple of %d;"
                  + " resize the patches' filters to 8 or 16",
              patch,
              parts(patch)));
    }
  }

  /** For training on the whole square. */
  public DetectionNetwork(DenseBackbone backbone, int classes, DetectionHead head, int side) {
    this(backbone, classes, head, side, new Grid(side, side));
  }

  /** Whether the places of all maps of patches of a side are whole pixels apart. */
  public static boolean hasWholeStrides(int patch) {
    return patch % parts(patch) == 0;
  }

  private static int parts(int patch) {
    return PyramidNeck.isLarge(patch) ? LARGE_PATCH_LEVEL : SMALL_PATCH_LEVEL;
  }

  /**
   * Pixels of an image from one place of a level to the next.
   *
   * @param level of the pyramid, from 0
   */
  public int stride(int level) {
    int patch = backbone.transformer().patch();
    return (patch / parts(patch)) << level;
  }

  /**
   * Sizes of the levels that have anchors, three at each place. Regions are read off the first
   * four.
   *
   * @param height of an image in pixels
   * @param width of an image in pixels
   */
  public List<Grid> levels(int height, int width) {
    return heads(height, width).levels();
  }

  /** What is written down of an image's size. */
  DetectionWriter heads(int height, int width) {
    return new DetectionWriter(head, backbone, classes, height, width);
  }

  @Override
  public Shape inputShape() {
    return new Shape(COLOURS, side, side);
  }

  @Override
  public List<ParameterSpec> headParameters() {
    return heads(side, side).specs();
  }

  @Override
  public Block block(ModularDivision division, int moduleIndex, Compute compute) {
    List<ParameterSpec> specs = parameters(division, moduleIndex);
    var script = new DenseScript(backbone, compute);
    if (moduleIndex < division.moduleCount() - 1) {
      Shape features = backbone.featureShape(division, moduleIndex, side);
      return ScriptBlocks.of(script.module(division, moduleIndex), specs, features);
    }
    DetectionWriter heads = heads(side, side);
    String program =
        script.last(
            division,
            HeadWriter.methods(MapNorm.LAYER),
            heads.specs().size(),
            heads.taps(),
            heads.pyramid(),
            heads.pyramid());
    return ScriptBlocks.of(program, specs, new Shape(values(heads.levels())));
  }

  /** Values that an image's levels give. */
  private long values(List<Grid> levels) {
    long values = 0;
    for (int i = 0; i < levels.size(); i++) {
      long places = (long) levels.get(i).height() * levels.get(i).width();
      int maps = i < DetectionHead.REGION_LEVELS ? head.channels() : 0;
      values += places * (maps + 5L * DetectionHead.ANCHORS_AT_A_PLACE);
    }
    return values;
  }

  @Override
  public int imagesAtOnce() {
    return VisionTransformer.imagesAtOnce(backbone.tokens(side, side));
  }

  /** {@inheritDoc} Of a usual image in training, with as many regions as are sampled. */
  @Override
  public double forwardFlops(ModularDivision division, int moduleIndex) {
    return forwardFlops(division, moduleIndex, image.height(), image.width());
  }

  /**
   * Floating-point operations of an image of a size.
   *
   * @param height in pixels
   * @param width in pixels
   */
  public double forwardFlops(ModularDivision division, int moduleIndex, int height, int width) {
    boolean last = moduleIndex == division.moduleCount() - 1;
    double heads = last ? heads(height, width).flops() : 0;
    return backbone.flops(division, moduleIndex, height, width) + heads;
  }

  @Override
  public Map<String, Object> configuration(ModularDivision division) {
    Map<String, Object> configuration = backbone.configuration(division, classes);
    configuration.put("task", "detection");
    var options = new LinkedHashMap<String, Object>();
    options.put("channels", head.channels());
    options.put("levels", head.levels());
    options.put("box_width", head.boxWidth());
    options.put("mask_convolutions", head.maskConvolutions());
    options.put("samples", head.samples());
    options.put("anchors", head.sampling().anchors());
    options.put("regions", head.sampling().regions());
    options.put("foreground", head.sampling().foreground());
    options.put("side", side);
    configuration.put("head", options);
    return configuration;
  }
}
