package io.deepincubation.core.network;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Interpolation.Grid;
import io.deepincubation.core.network.ParameterSpec.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The vision transformer as DeiT trains it: pre-norm encoder layers, a class token, learned
 * position embedding, a linear head on the class token (Dosovitskiy et al., 2021; Touvron et al.,
 * 2021).
 *
 * <p>Module 0 also owns patch embedding, class token and position embedding; the last module also
 * owns the final norm and the head. A module's features are tokens, B x N x D.
 *
 * @param image side of the square input in pixels
 * @param patch side of a patch in pixels, a divisor of the image's
 * @param width D, a multiple of the heads
 * @param heads attention heads
 * @param classes number of classes
 * @param epsilon of the layer norms
 */
public record VisionTransformer(
    int image, int patch, int width, int heads, int classes, double epsilon)
    implements Architecture {

  private static final int COLOURS = 3;
  private static final String POSITIONS = "pos_embed";
  private static final String FILTERS = "patch_embed.proj.weight";

  /** Rows of products, one a token, that are computed at once; more only leave the caches. */
  private static final int ROWS_AT_ONCE = 2080;

  /** Checks. */
  public VisionTransformer {
    if (image < 1 || patch < 1 || image % patch != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot cut an image of side %d into patches of side %d: expected a divisor",
              image,
              patch));
    }
    if (heads < 1 || width < 1 || width % heads != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot split width %d over %d heads: expected a divisor of the width",
              width,
              heads));
    }
    if (classes < 1) {
      throw new IllegalArgumentException(
          "Cannot classify into " + classes + " classes: expected at least 1");
    }
  }

  /** timm's name of a vision transformer that has none; {@code model_args} say what it is. */
  private static final String TIMM_NAME = "vit_base_patch16_224";

  /** timm's names by patch, width, depth and heads. */
  private static final Map<List<Integer>, String> TIMM_NAMES =
      Map.of(
          List.of(16, 192, 12, 3), "vit_tiny_patch16_224",
          List.of(16, 384, 12, 6), "vit_small_patch16_224",
          List.of(32, 384, 12, 6), "vit_small_patch32_224",
          List.of(8, 768, 12, 12), "vit_base_patch8_224",
          List.of(16, 768, 12, 12), TIMM_NAME,
          List.of(32, 768, 12, 12), "vit_base_patch32_224",
          List.of(16, 1024, 24, 16), "vit_large_patch16_224",
          List.of(14, 1280, 32, 16), "vit_huge_patch14_224");

  /** Whether a tensor is one of those before the layers. */
  static boolean isEmbedding(String tensor) {
    return tensor.equals("cls_token")
        || tensor.equals(POSITIONS)
        || tensor.startsWith("patch_embed.");
  }

  /** The norms' epsilon of DeiT. */
  public static final double DEIT_EPSILON = 1e-6;

  /** Tokens of an image, the class token included: N. */
  public int tokens() {
    int side = image / patch;
    return side * side + 1;
  }

  @Override
  public Shape inputShape() {
    return new Shape(COLOURS, image, image);
  }

  @Override
  public List<ParameterSpec> parameters(ModularDivision division, int moduleIndex) {
    var specs = new ArrayList<ParameterSpec>();
    if (moduleIndex == 0) {
      addEmbedding(specs);
    }
    layers().addModule(specs, division, moduleIndex, classes);
    return List.copyOf(specs);
  }

  private EncoderLayers layers() {
    return new EncoderLayers(width);
  }

  private void addEmbedding(List<ParameterSpec> specs) {
    var normal = new Initialization.TruncatedNormal(EncoderLayers.STANDARD_DEVIATION);
    specs.add(new ParameterSpec("cls_token", new Shape(1, 1, width), Role.UNDECAYED, normal));
    specs.add(new ParameterSpec(POSITIONS, new Shape(1, tokens(), width), Role.UNDECAYED, normal));
    var uniform = Initialization.Uniform.ofFanIn((long) COLOURS * patch * patch);
    specs.add(
        new ParameterSpec(FILTERS, new Shape(width, COLOURS, patch, patch), Role.DECAYED, uniform));
    specs.add(
        new ParameterSpec("patch_embed.proj.bias", new Shape(width), Role.UNDECAYED, uniform));
  }

  @Override
  public Block block(ModularDivision division, int moduleIndex, Compute compute) {
    boolean first = moduleIndex == 0;
    boolean last = moduleIndex == division.moduleCount() - 1;
    String program = new VisionTransformerScript(this, compute).module(first, last);
    return ScriptBlocks.of(
        program,
        parameters(division, moduleIndex),
        last ? new Shape(classes) : new Shape(tokens(), width));
  }

  /**
   * {@inheritDoc}
   *
   * <p>A head, B x N x D to B x classes, is what the last module of depth 1 is: one more encoder
   * layer, norm and linear head on the class token. A decoder reads the patch tokens: norm, linear
   * D to D, GELU, linear D to 3 P^2; a token's values are the pixels of its own patch, in the order
   * in which the patch embedding reads them.
   */
  @Override
  public NetworkPart auxiliary(ModularDivision division, int moduleIndex, AuxiliaryKind kind) {
    String prefix = "aux." + moduleIndex + ".";
    return kind == AuxiliaryKind.INFOPRO_DECODER
        ? decoder(prefix + "decoder.")
        : auxiliaryHead(prefix);
  }

  private NetworkPart auxiliaryHead(String prefix) {
    var specs = new ArrayList<ParameterSpec>();
    layers().addLayer(specs, prefix + "block.");
    layers().addNorm(specs, prefix + "norm");
    EncoderLayers.addLinear(specs, prefix + "head", width, classes);
    double flops = layers().flops(tokens()) + headFlops();
    return new NetworkPart(
        specs,
        compute ->
            ScriptBlocks.of(
                new VisionTransformerScript(this, compute).auxiliaryHead(),
                specs,
                new Shape(classes)),
        0,
        flops,
        flops - otherTokensFlops());
  }

  private NetworkPart decoder(String prefix) {
    int values = COLOURS * patch * patch;
    var specs = new ArrayList<ParameterSpec>();
    layers().addNorm(specs, prefix + "norm");
    EncoderLayers.addLinear(specs, prefix + "fc1", width, width);
    EncoderLayers.addLinear(specs, prefix + "fc2", width, values);
    double flops = 2.0 * (tokens() - 1) * width * (width + values);
    return new NetworkPart(
        specs,
        compute ->
            ScriptBlocks.of(
                new VisionTransformerScript(this, compute).decoder(), specs, inputShape()),
        0,
        flops,
        flops);
  }

  /**
   * {@inheritDoc}
   *
   * <p>A last module gives the class token after its last layer, B x D, before norm and head:
   * nothing else reaches the head.
   */
  @Override
  public NetworkPart trunk(ModularDivision division, int moduleIndex) {
    if (moduleIndex < division.moduleCount() - 1) {
      return Architecture.super.trunk(division, moduleIndex);
    }
    List<ParameterSpec> all = parameters(division, moduleIndex);
    List<ParameterSpec> specs =
        all.subList(0, all.size() - VisionTransformerScript.HEAD_PARAMETERS);
    boolean first = moduleIndex == 0;
    return new NetworkPart(
        specs,
        compute ->
            ScriptBlocks.of(
                new VisionTransformerScript(this, compute).lastTrunk(first),
                specs,
                new Shape(width)),
        droppableLayers(division, moduleIndex),
        forwardFlops(division, moduleIndex) - headFlops(),
        computedFlops(division, moduleIndex) - headFlops());
  }

  @Override
  public String layerPrefix(ModularDivision division, int moduleIndex, int layer) {
    return EncoderLayers.prefix(division, moduleIndex, layer);
  }

  @Override
  public List<String> closingParameters() {
    return EncoderLayers.CLOSING;
  }

  @Override
  public Optional<String> gradients(
      ModularDivision division,
      Set<Integer> trained,
      LossProgram loss,
      Compute compute,
      boolean recompute) {
    var script = new VisionTransformerScript(this, compute);
    var gradients = new VisionTransformerGradients(script, this, division, trained);
    return Optional.ofNullable(loss.back()).map(back -> gradients.program(back, recompute));
  }

  @Override
  public OptionalLong activationBytes(
      ModularDivision division, Set<Integer> trained, Arithmetic arithmetic, boolean recompute) {
    return OptionalLong.of(
        new VisionTransformerActivations(this, arithmetic).bytes(division, trained, recompute));
  }

  @Override
  public long castBytes(ModularDivision division, Set<Integer> trained, Arithmetic arithmetic) {
    if (arithmetic == Arithmetic.FP32) {
      return 0;
    }
    int first = trained.stream().min(Integer::compare).orElseThrow();
    return IntStream.range(first, division.moduleCount())
        .mapToLong(i -> Short.BYTES * parameterCount(division, i))
        .sum();
  }

  private long parameterCount(ModularDivision division, int moduleIndex) {
    return parameters(division, moduleIndex).stream().mapToLong(ParameterSpec::size).sum();
  }

  @Override
  public int droppableLayers(ModularDivision division, int moduleIndex) {
    return division.depth(moduleIndex);
  }

  @Override
  public int imagesAtOnce() {
    return imagesAtOnce(tokens());
  }

  /** Images of so many tokens that are computed at once. */
  static int imagesAtOnce(int tokens) {
    return Math.max(1, ROWS_AT_ONCE / tokens);
  }

  @Override
  public double forwardFlops(ModularDivision division, int moduleIndex) {
    double flops = division.depth(moduleIndex) * layers().flops(tokens());
    if (moduleIndex == 0) {
      flops += 2.0 * (tokens() - 1) * COLOURS * patch * patch * width;
    }
    if (moduleIndex == division.moduleCount() - 1) {
      flops += headFlops();
    }
    return flops;
  }

  /** Positions of another grid and filters of other patches are interpolated. */
  @Override
  public Optional<Weights.Tensor> resized(ParameterSpec place, Weights.Tensor found) {
    if (place.name().equals(POSITIONS)) {
      return positions(found);
    }
    boolean filters =
        place.name().equals(FILTERS)
            && found.shape().size() == 4
            && found.shape().get(0) == width
            && found.shape().get(1) == COLOURS
            && found.shape().get(2).equals(found.shape().get(3));
    return filters
        ? Optional.of(Interpolation.filters(found, patch))
        : Architecture.super.resized(place, found);
  }

  private Optional<Weights.Tensor> positions(Weights.Tensor found) {
    List<Long> shape = found.shape();
    if (shape.size() != 3 || shape.get(0) != 1 || shape.get(2) != width) {
      return Optional.empty();
    }
    int stored = (int) Math.round(Math.sqrt(shape.get(1) - 1.0));
    int side = image / patch;
    return 1L + (long) stored * stored == shape.get(1)
        ? Optional.of(Interpolation.position(found, new Grid(stored, stored), new Grid(side, side)))
        : Optional.empty();
  }

  private double headFlops() {
    return 2.0 * width * classes;
  }

  @Override
  public double computedFlops(ModularDivision division, int moduleIndex) {
    double flops = forwardFlops(division, moduleIndex);
    return moduleIndex == division.moduleCount() - 1 ? flops - otherTokensFlops() : flops;
  }

  /** What is left out of a layer that only the class token leaves. */
  private double otherTokensFlops() {
    double others = tokens() - 1;
    double d = width;
    return 2 * others * (2 + 2 * EncoderLayers.MLP_RATIO) * d * d // their query, projection and MLP
        + 2 * 2 * others * tokens() * d; // what they would see
  }

  @Override
  public Map<String, Object> configuration(ModularDivision division) {
    var model = new LinkedHashMap<String, Object>();
    model.put("img_size", image);
    model.put("patch_size", patch);
    model.put("embed_dim", width);
    model.put("depth", division.depth());
    model.put("num_heads", heads);
    model.put("mlp_ratio", EncoderLayers.MLP_RATIO);
    var configuration = new LinkedHashMap<String, Object>();
    List<Integer> sizes = List.of(patch, width, division.depth(), heads);
    configuration.put("architecture", TIMM_NAMES.getOrDefault(sizes, TIMM_NAME));
    configuration.put("num_classes", classes);
    configuration.put("norm_eps", epsilon);
    configuration.put("division", division.depths());
    configuration.put("model_args", model);
    return configuration;
  }
}
