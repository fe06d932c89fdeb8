package io.deepincubation.core.network;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.ParameterSpec.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The residual network for small images (He et al., 2016, Sec. 4.2): a 3x3 stem, three groups of
 * basic blocks of which the second and third halve the image and double the width, a global average
 * pool and a linear head.
 *
 * <p>Module g is group g, and its depth counts basic blocks of two convolutions: ResNet-110 is
 * (18,18,18), its meta model (1,1,1). Module 0 also owns the stem, module 2 the pool and the head.
 * A module's features are W x H x H, (2W) x (H/2) x (H/2) and the logits. Where a group changes the
 * width, the shortcut is a 1x1 convolution with batch norm (option B).
 *
 * <p>The running statistics of a module change while it trains and stay fixed while it is frozen.
 *
 * @param image H, side of the square input in pixels
 * @param width W, channels of the first group; 16 in the paper
 * @param classes number of classes
 */
public record ResidualNetwork(int image, int width, int classes) implements Architecture {

  private static final int COLOURS = 3;
  private static final int GROUPS = 3;

  /** Checks. */
  public ResidualNetwork {
    if (image < 1 || width < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot build a residual network for images of side %d with %d channels: expected at"
                  + " least 1 of both",
              image,
              width));
    }
    if (classes < 1) {
      throw new IllegalArgumentException(
          "Cannot classify into " + classes + " classes: expected at least 1");
    }
  }

  @Override
  public Shape inputShape() {
    return new Shape(COLOURS, image, image);
  }

  @Override
  public List<ParameterSpec> parameters(ModularDivision division, int moduleIndex) {
    requireGroups(division);
    var specs = new ArrayList<ParameterSpec>();
    if (moduleIndex == 0) {
      addConvolution(specs, "conv1", COLOURS, width, 3);
      addNorm(specs, "bn1", width);
    }
    int out = channels(moduleIndex);
    for (int block = 0; block < division.depth(moduleIndex); block++) {
      int in = block == 0 ? channels(Math.max(0, moduleIndex - 1)) : out;
      addBlock(specs, layerPrefix(division, moduleIndex, block), in, out);
    }
    if (moduleIndex == GROUPS - 1) {
      addLinear(specs, "fc", out, classes);
    }
    return List.copyOf(specs);
  }

  private static void requireGroups(ModularDivision division) {
    if (division.moduleCount() != GROUPS) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot divide a residual network as %s: expected %d modules, one a group of equal"
                  + " width, got %d",
              division,
              GROUPS,
              division.moduleCount()));
    }
  }

  private static void addBlock(List<ParameterSpec> specs, String prefix, int in, int out) {
    addConvolution(specs, prefix + "conv1", in, out, 3);
    addNorm(specs, prefix + "bn1", out);
    addConvolution(specs, prefix + "conv2", out, out, 3);
    addNorm(specs, prefix + "bn2", out);
    if (in != out) {
      addConvolution(specs, prefix + "downsample.0", in, out, 1);
      addNorm(specs, prefix + "downsample.1", out);
    }
  }

  /** Filters drawn as He et al. (2015) do, by the fan-out. */
  static void addConvolution(List<ParameterSpec> specs, String name, int in, int out, int kernel) {
    double fanOut = (double) kernel * kernel * out;
    specs.add(
        new ParameterSpec(
            name + ".weight",
            new Shape(out, in, kernel, kernel),
            Role.DECAYED,
            new Initialization.Normal(Math.sqrt(2 / fanOut))));
  }

  static void addNorm(List<ParameterSpec> specs, String name, int channels) {
    addConstant(specs, name + ".weight", channels, Role.UNDECAYED, 1);
    addConstant(specs, name + ".bias", channels, Role.UNDECAYED, 0);
    addConstant(specs, name + ".running_mean", channels, Role.BUFFER, 0);
    addConstant(specs, name + ".running_var", channels, Role.BUFFER, 1);
  }

  private static void addConstant(
      List<ParameterSpec> specs, String name, int size, Role role, double value) {
    specs.add(new ParameterSpec(name, new Shape(size), role, new Initialization.Constant(value)));
  }

  static void addLinear(List<ParameterSpec> specs, String name, int in, int out) {
    var uniform = Initialization.Uniform.ofFanIn(in);
    specs.add(new ParameterSpec(name + ".weight", new Shape(out, in), Role.DECAYED, uniform));
    specs.add(new ParameterSpec(name + ".bias", new Shape(out), Role.UNDECAYED, uniform));
  }

  @Override
  public Block block(ModularDivision division, int moduleIndex, Compute compute) {
    boolean last = moduleIndex == GROUPS - 1;
    return ScriptBlocks.of(
        new ResidualNetworkScript(compute, width).module(moduleIndex == 0, last),
        parameters(division, moduleIndex),
        last ? new Shape(classes) : featureShape(moduleIndex));
  }

  /**
   * {@inheritDoc}
   *
   * <p>They are those of their methods' code, on features of B x C x S x S, with ReLU between
   * layers:
   *
   * <ul>
   *   <li>DGL's head, "MLP-SR": pool to Q x Q, Q a fourth of S, rounded up; three 1x1 convolutions
   *       with batch norm; pool to 2 x 2; three linear layers of width 4C with batch norm; a linear
   *       layer to the classes;
   *   <li>InfoPro's head, "1c2f": a 3x3 convolution C to 2C of stride 2 with batch norm; global
   *       average pool; linear to 128 values; linear to the classes;
   *   <li>InfoPro's decoder: bilinear to H x H with aligned corners; 3x3 convolution C to 12 with
   *       batch norm; 3x3 convolution to the colours.
   * </ul>
   */
  @Override
  public NetworkPart auxiliary(ModularDivision division, int moduleIndex, AuxiliaryKind kind) {
    requireGroups(division);
    return new ResidualNetworkAuxiliaries(this, moduleIndex).of(kind);
  }

  /**
   * {@inheritDoc}
   *
   * <p>A last module gives its last feature map, before pooling.
   */
  @Override
  public NetworkPart trunk(ModularDivision division, int moduleIndex) {
    if (moduleIndex < division.moduleCount() - 1) {
      return Architecture.super.trunk(division, moduleIndex);
    }
    List<ParameterSpec> all = parameters(division, moduleIndex);
    List<ParameterSpec> specs = all.subList(0, all.size() - ResidualNetworkScript.HEAD_SIZE);
    double flops = forwardFlops(division, moduleIndex) - 2.0 * channels(moduleIndex) * classes;
    return new NetworkPart(
        specs,
        compute ->
            ScriptBlocks.of(
                new ResidualNetworkScript(compute, width)
                    .module(/* first= */ false, /* last= */ false),
                specs,
                featureShape(moduleIndex)),
        0,
        flops,
        flops);
  }

  @Override
  public String layerPrefix(ModularDivision division, int moduleIndex, int layer) {
    return "layer" + (moduleIndex + 1) + "." + layer + ".";
  }

  @Override
  public List<String> closingParameters() {
    return List.of("bn2.weight", "bn2.bias");
  }

  /** Shape of an image's features after a group, C x H x H. */
  private Shape featureShape(int group) {
    return new Shape(channels(group), side(group), side(group));
  }

  /** Channels of a group. */
  int channels(int group) {
    return width << group;
  }

  /** Side of a group's feature maps: halved, rounded up, at each group after the first. */
  int side(int group) {
    int side = image;
    for (int i = 0; i < group; i++) {
      side = (side + 1) / 2;
    }
    return side;
  }

  /** 0: residual blocks are never dropped. */
  @Override
  public int droppableLayers(ModularDivision division, int moduleIndex) {
    return 0;
  }

  /** Of the convolutions and the head: norms and additions are left out. */
  @Override
  public double forwardFlops(ModularDivision division, int moduleIndex) {
    double outputs = Math.pow(side(moduleIndex), 2);
    double flops = 0;
    for (ParameterSpec spec : parameters(division, moduleIndex)) {
      if (spec.shape().dimension() == 4) {
        flops += 2 * outputs * spec.size();
      } else if (spec.shape().dimension() == 2) {
        flops += 2.0 * spec.size();
      }
    }
    return flops;
  }

  @Override
  public Map<String, Object> configuration(ModularDivision division) {
    requireGroups(division);
    var model = new LinkedHashMap<String, Object>();
    model.put("img_size", image);
    model.put("width", width);
    model.put("blocks", division.depths());
    model.put("num_classes", classes);
    var configuration = new LinkedHashMap<String, Object>();
    configuration.put("architecture", "cifar_resnet");
    configuration.put("num_classes", classes);
    configuration.put("division", division.depths());
    configuration.put("model_args", model);
    return configuration;
  }
}
