package io.deepincubation.core.network;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.deepincubation.core.script.ScriptBlock;
import java.util.List;

/** Blocks of TorchScript programs. */
final class ScriptBlocks {

  private ScriptBlocks() {}

  /**
   * A block.
   *
   * @param program what it computes
   * @param specs its parameters
   * @param output shape of what it gives of one sample
   */
  static Block of(String program, List<ParameterSpec> specs, Shape output) {
    List<ScriptBlock.Declared> declared =
        specs.stream()
            .map(spec -> new ScriptBlock.Declared(spec.name(), spec.shape(), Parameter.Type.OTHER))
            .toList();
    return new ScriptBlock(program, declared, input -> new Shape(input.get(0)).addAll(output));
  }
}
