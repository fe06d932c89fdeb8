package io.deepincubation.core.network;

import ai.djl.nn.Block;
import java.util.List;
import java.util.function.Function;

/**
 * Something that computes like a module and is none of a division's: an auxiliary network, or a
 * module without what reads the task off it.
 *
 * @param specs its parameters in order
 * @param block makes a fresh block of these parameters, without arrays
 * @param droppableLayers layers whose branches stochastic depth may drop; where it is not 0, the
 *     block takes a second input, see {@link Architecture#droppableLayers}
 * @param forwardFlops floating-point operations of one image's forward pass, 2 per multiply-add
 * @param computedFlops those of them that are computed
 */
public record NetworkPart(
    List<ParameterSpec> specs,
    Function<Compute, Block> block,
    int droppableLayers,
    double forwardFlops,
    double computedFlops) {

  /** Copies. */
  public NetworkPart {
    specs = List.copyOf(specs);
  }
}
