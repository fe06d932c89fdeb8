package io.deepincubation.core.network;

import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.division.ModularDivision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A vision transformer as the backbone of a dense task: maps of its tokens after four of its
 * layers, for images of any size.
 *
 * <p>Images are padded right and below with 0 to whole patches. The position embedding is
 * interpolated bicubically to their grid in each pass, and trained through it. Modules pass on
 * features of B x (h + 1) x w x C: the tokens of h x w patches as a map below a first row that
 * holds the class token in its first cell. Its C channels are those of the taps so far, D each, and
 * the D of the running features.
 *
 * <p>With windows, layers other than the last of each quarter let tokens attend to those of their
 * window alone, and there is no class token: its cell holds 0.
 *
 * @param transformer of the size that its weights were trained for; its norm and head are left out
 * @param taps layers, from 1, whose outputs are the maps: four, rising, the last of all layers at
 *     the end
 * @param window side of the attention's windows in tokens; 0 for global attention
 */
public record DenseBackbone(VisionTransformer transformer, List<Integer> taps, int window) {

  /** Maps that a pyramid is made of. */
  static final int TAPS = 4;

  /** Side of the windows that detectors use for large images. */
  public static final int WINDOW = 14;

  /** Checks and copies. */
  public DenseBackbone {
    taps = List.copyOf(taps);
    if (taps.size() != TAPS || !isRising(taps)) {
      throw new IllegalArgumentException(
          "Cannot read maps off layers " + taps + ": expected four layers, rising, from 1 on");
    }
    if (window < 0) {
      throw new IllegalArgumentException(
          "Cannot attend in windows of side " + window + ": expected at least 0");
    }
  }

  /**
   * Taps at the quarters of the depth, and global attention.
   *
   * @param transformer the backbone
   * @param depth its layers
   */
  public static DenseBackbone of(VisionTransformer transformer, int depth) {
    return new DenseBackbone(transformer, quarters(depth), 0);
  }

  /**
   * The layers that end the quarters of a depth, from 1.
   *
   * @param depth at least 1
   */
  public static List<Integer> quarters(int depth) {
    return IntStream.rangeClosed(1, TAPS).mapToObj(k -> (depth * k + TAPS - 1) / TAPS).toList();
  }

  private static boolean isRising(List<Integer> taps) {
    return taps.get(0) >= 1
        && IntStream.range(1, taps.size()).allMatch(i -> taps.get(i) >= taps.get(i - 1));
  }

  /** Tokens that are no patches. */
  int classTokens() {
    return window == 0 ? 1 : 0;
  }

  /** Parameters of the first module before its layers. */
  int embeddingParameters() {
    return VisionTransformerScript.EMBEDDING_PARAMETERS - 1 + classTokens();
  }

  /** Tokens of an image of so many pixels. */
  int tokens(int height, int width) {
    return patches(height) * patches(width) + classTokens();
  }

  /** How many patches a side of so many pixels has. */
  int patches(int pixels) {
    return (pixels + transformer.patch() - 1) / transformer.patch();
  }

  /**
   * A module's parameters: the transformer's without the final norm and the head, and without the
   * class token where there is none.
   *
   * @throws IllegalArgumentException if the taps do not end at the last layer: what follows would
   *     learn nothing
   */
  List<ParameterSpec> parameters(ModularDivision division, int moduleIndex) {
    if (taps.get(TAPS - 1) != division.depth()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot read maps off layers %s of a network of depth %d: expected the last of them"
                  + " to be its last layer",
              taps,
              division.depth()));
    }
    List<ParameterSpec> all = transformer.parameters(division, moduleIndex);
    boolean last = moduleIndex == division.moduleCount() - 1;
    int kept = all.size() - (last ? VisionTransformerScript.HEAD_PARAMETERS : 0);
    int first = moduleIndex == 0 ? 1 - classTokens() : 0;
    return all.subList(first, kept);
  }

  /** Whether a layer, from 1, attends in windows. */
  boolean windowed(ModularDivision division, int layer) {
    return window > 0 && !quarters(division.depth()).contains(layer);
  }

  /** Taps before a module. */
  int tapsBefore(ModularDivision division, int moduleIndex) {
    int layers = division.offset(moduleIndex);
    return (int) taps.stream().filter(tap -> tap <= layers).count();
  }

  /**
   * Floating-point operations of one image's forward pass through a module.
   *
   * @param height of the image in pixels
   * @param width of the image in pixels
   */
  double flops(ModularDivision division, int moduleIndex, int height, int width) {
    int rows = patches(height);
    int columns = patches(width);
    int tokens = tokens(height, width);
    var layers = new EncoderLayers(transformer.width());
    double flops = 0;
    if (moduleIndex == 0) {
      double values = 3.0 * transformer.patch() * transformer.patch();
      flops = 2 * values * rows * columns * transformer.width();
    }
    for (int i = 1; i <= division.depth(moduleIndex); i++) {
      flops +=
          windowed(division, division.offset(moduleIndex) + i)
              ? windowedFlops(rows, columns)
              : layers.flops(tokens);
    }
    return flops;
  }

  /** Shape of the features that a module other than the last gives of a square image. */
  Shape featureShape(ModularDivision division, int moduleIndex, int side) {
    int patches = patches(side);
    int maps = 1 + tapsBefore(division, moduleIndex + 1);
    return new Shape(patches + 1, patches, (long) maps * transformer.width());
  }

  /**
   * What {@code config.json} says of it.
   *
   * @param classes that the network tells apart
   */
  Map<String, Object> configuration(ModularDivision division, int classes) {
    var configuration = new LinkedHashMap<>(transformer.configuration(division));
    configuration.put("num_classes", classes);
    configuration.put("taps", taps);
    configuration.put("window", window);
    return configuration;
  }

  /** Of a layer: what windows are padded with has queries, keys and values, and is seen. */
  private double windowedFlops(int rows, int columns) {
    double tokens = (double) rows * columns;
    double padded = (double) windowed(rows) * windowed(columns);
    double d = transformer.width();
    return 2 * 3 * padded * d * d
        + 2 * 2 * padded * window * window * d
        + 2 * tokens * (1 + 2 * EncoderLayers.MLP_RATIO) * d * d;
  }

  /** Tokens of a side with those that whole windows are padded with. */
  private int windowed(int tokens) {
    return (tokens + window - 1) / window * window;
  }
}
