package io.deepincubation.core.network;

import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.network.ParameterSpec.Role;
import java.util.ArrayList;
import java.util.List;

/** The auxiliary networks on a module of a residual network, see {@link ResidualNetwork}. */
final class ResidualNetworkAuxiliaries {

  private static final int COLOURS = 3;
  private static final int DGL_LAYERS = 3;

  /** DGL's head sees the features at a fourth of their side, then at this side. */
  private static final int SHRINKAGE = 4;

  private static final int POOLED_SIDE = 2;
  private static final int INFOPRO_HIDDEN = 128;
  private static final int DECODED_CHANNELS = 12;

  private final ResidualNetwork network;
  private final String prefix;
  private final int channels;
  private final int side;

  ResidualNetworkAuxiliaries(ResidualNetwork network, int moduleIndex) {
    this.network = network;
    prefix = "aux." + moduleIndex + ".";
    channels = network.channels(moduleIndex);
    side = network.side(moduleIndex);
  }

  NetworkPart of(AuxiliaryKind kind) {
    var logits = new Shape(network.classes());
    int quarter = ceilOf(side, SHRINKAGE);
    return switch (kind) {
      case DGL_HEAD -> part(kind, dglHead(), quarter, quarter, logits);
      case INFOPRO_HEAD -> part(kind, infoProHead(), side, ceilOf(side, 2), logits);
      case INFOPRO_DECODER ->
          part(kind, decoder(), network.image(), network.image(), network.inputShape());
    };
  }

  private static int ceilOf(int side, int divisor) {
    return (side + divisor - 1) / divisor;
  }

  /**
   * A network of these parameters.
   *
   * @param made side of the maps that it makes first
   * @param convolved side of the maps that its convolutions give
   */
  private NetworkPart part(
      AuxiliaryKind kind, List<ParameterSpec> specs, int made, int convolved, Shape output) {
    double flops = 0;
    for (ParameterSpec spec : specs) {
      if (spec.shape().dimension() == 4) {
        flops += 2.0 * convolved * convolved * spec.size();
      } else if (spec.shape().dimension() == 2) {
        flops += 2.0 * spec.size();
      }
    }
    return new NetworkPart(
        specs,
        compute ->
            ScriptBlocks.of(
                new ResidualNetworkScript(compute, network.width()).auxiliary(kind, made),
                specs,
                output),
        0,
        flops,
        flops);
  }

  private List<ParameterSpec> dglHead() {
    var specs = new ArrayList<ParameterSpec>();
    String head = prefix + "head.";
    for (int i = 1; i <= DGL_LAYERS; i++) {
      ResidualNetwork.addConvolution(specs, head + "conv" + i, channels, channels, 1);
      ResidualNetwork.addNorm(specs, head + "bn" + i, channels);
    }
    int width = POOLED_SIDE * POOLED_SIDE * channels;
    for (int i = 1; i <= DGL_LAYERS; i++) {
      ResidualNetwork.addLinear(specs, head + "fc" + i, width, width);
      ResidualNetwork.addNorm(specs, head + "fcbn" + i, width);
    }
    ResidualNetwork.addLinear(specs, head + "fc", width, network.classes());
    return specs;
  }

  private List<ParameterSpec> infoProHead() {
    var specs = new ArrayList<ParameterSpec>();
    String head = prefix + "head.";
    int wide = 2 * channels;
    ResidualNetwork.addConvolution(specs, head + "conv1", channels, wide, 3);
    ResidualNetwork.addNorm(specs, head + "bn1", wide);
    ResidualNetwork.addLinear(specs, head + "fc1", wide, INFOPRO_HIDDEN);
    ResidualNetwork.addLinear(specs, head + "fc2", INFOPRO_HIDDEN, network.classes());
    return specs;
  }

  private List<ParameterSpec> decoder() {
    var specs = new ArrayList<ParameterSpec>();
    String decoder = prefix + "decoder.";
    addShifted(specs, decoder + "conv1", channels, DECODED_CHANNELS);
    ResidualNetwork.addNorm(specs, decoder + "bn1", DECODED_CHANNELS);
    addShifted(specs, decoder + "conv2", DECODED_CHANNELS, COLOURS);
    return specs;
  }

  /** A 3x3 convolution with bias. */
  private static void addShifted(List<ParameterSpec> specs, String name, int in, int out) {
    ResidualNetwork.addConvolution(specs, name, in, out, 3);
    var uniform = Initialization.Uniform.ofFanIn(9L * in);
    specs.add(new ParameterSpec(name + ".bias", new Shape(out), Role.UNDECAYED, uniform));
  }
}
