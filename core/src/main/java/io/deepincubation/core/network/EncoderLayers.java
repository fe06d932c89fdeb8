package io.deepincubation.core.network;

import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.ParameterSpec.Role;
import java.util.List;

/**
 * The parameters of transformer encoder layers, named as timm names them, with norms before the
 * branches: attention and an MLP of four times the width. Weights are drawn from a truncated normal
 * distribution, norms change nothing at first.
 *
 * @param width D
 */
record EncoderLayers(int width) {

  static final double STANDARD_DEVIATION = 0.02;

  /** Parameters of a layer. */
  static final int PARAMETERS = 12;

  /** Names, after a layer's prefix, of those that end its branches. */
  static final List<String> CLOSING =
      List.of("attn.proj.weight", "attn.proj.bias", "mlp.fc2.weight", "mlp.fc2.bias");

  static final int MLP_RATIO = 4;

  /** What the names of a layer's parameters begin with. */
  static String prefix(ModularDivision division, int moduleIndex, int layer) {
    return "blocks." + (division.offset(moduleIndex) + layer) + ".";
  }

  /** A module's layers; of the last one the final norm and the head, too. */
  void addModule(
      List<ParameterSpec> specs, ModularDivision division, int moduleIndex, int classes) {
    for (int layer = 0; layer < division.depth(moduleIndex); layer++) {
      addLayer(specs, prefix(division, moduleIndex, layer));
    }
    if (moduleIndex == division.moduleCount() - 1) {
      addNorm(specs, "norm");
      addLinear(specs, "head", width, classes);
    }
  }

  void addLayer(List<ParameterSpec> specs, String prefix) {
    addNorm(specs, prefix + "norm1");
    addLinear(specs, prefix + "attn.qkv", width, 3 * width);
    addLinear(specs, prefix + "attn.proj", width, width);
    addNorm(specs, prefix + "norm2");
    addLinear(specs, prefix + "mlp.fc1", width, MLP_RATIO * width);
    addLinear(specs, prefix + "mlp.fc2", MLP_RATIO * width, width);
  }

  void addNorm(List<ParameterSpec> specs, String name) {
    specs.add(constant(name + ".weight", width, 1));
    specs.add(constant(name + ".bias", width, 0));
  }

  static void addLinear(List<ParameterSpec> specs, String name, int in, int out) {
    specs.add(weight(name + ".weight", new Shape(out, in)));
    specs.add(constant(name + ".bias", out, 0));
  }

  static ParameterSpec weight(String name, Shape shape) {
    var normal = new Initialization.TruncatedNormal(STANDARD_DEVIATION);
    return new ParameterSpec(name, shape, Role.DECAYED, normal);
  }

  private static ParameterSpec constant(String name, int size, double value) {
    return new ParameterSpec(
        name, new Shape(size), Role.UNDECAYED, new Initialization.Constant(value));
  }

  /** Floating-point operations of one sample's forward pass through a layer. */
  double flops(int tokens) {
    double n = tokens;
    double d = width;
    return 2 * n * (4 + 2 * MLP_RATIO) * d * d + 2 * 2 * n * n * d;
  }
}
