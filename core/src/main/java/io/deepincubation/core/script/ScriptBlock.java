package io.deepincubation.core.script;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A DJL block whose computation is a TorchScript program, so that it mixes freely with DJL's own.
 *
 * <p>The program has the methods {@code train} and {@code evaluate}, each taking the block's inputs
 * as tensors and then the parameters as one {@code List[Tensor]} in their declared order. Threads
 * may compute it at once.
 */
public final class ScriptBlock extends AbstractBlock {

  /**
   * A parameter of the block.
   *
   * @param name unique in the block
   * @param shape its dimensions
   * @param type what DJL takes it for
   */
  public record Declared(String name, Shape shape, Parameter.Type type) {}

  private final String methods;
  private final UnaryOperator<Shape> outputShape;
  private final List<Parameter> declared = new ArrayList<>();
  private @Nullable ScriptProgram program;

  /**
   * A block whose program is compiled at the first forward pass.
   *
   * @param methods the source of the program
   * @param parameters in the order of the program's list
   * @param outputShape gives the output's shape for the first input's
   */
  public ScriptBlock(String methods, List<Declared> parameters, UnaryOperator<Shape> outputShape) {
    this.methods = methods;
    this.outputShape = outputShape;
    for (Declared parameter : parameters) {
      declared.add(
          addParameter(
              Parameter.builder()
                  .setName(parameter.name())
                  .setType(parameter.type())
                  .optShape(parameter.shape())
                  .build()));
    }
  }

  /** The source of the program. */
  public String methods() {
    return methods;
  }

  /**
   * Whether every parameter has its array. DJL's own answer is no until a first forward pass, which
   * then changes the block: not with several threads at once.
   */
  @Override
  public boolean isInitialized() {
    return declared.stream().allMatch(Parameter::isInitialized);
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore parameterStore,
      NDList inputs,
      boolean training,
      @Nullable PairList<String, Object> params) {
    NDArray first = inputs.head();
    var values = new NDList(declared.size());
    for (Parameter parameter : declared) {
      values.add(parameterStore.getValue(parameter, first.getDevice(), training));
    }
    var arguments = new NDList(inputs.size() + values.size());
    arguments.addAll(inputs);
    arguments.addAll(ScriptProgram.listOf("parameters", values));
    return program(values.head().getManager())
        .call(first.getManager(), training ? "train" : "evaluate", arguments);
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    return new Shape[] {outputShape.apply(inputShapes[0])};
  }

  private synchronized ScriptProgram program(NDManager manager) {
    if (program == null) {
      program = ScriptProgram.load(manager, methods);
    }
    return program;
  }
}
