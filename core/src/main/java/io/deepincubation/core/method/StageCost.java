package io.deepincubation.core.method;

import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import java.util.Set;
import java.util.function.IntToDoubleFunction;

/**
 * Floating-point operations of one image's training pass.
 *
 * @param nominal by the networks' shape
 * @param computed those that are computed: a last layer whose other tokens nothing reads is left
 *     out; for comparison of methods, and with a peak
 */
public record StageCost(double nominal, double computed) {

  /** Nothing is trained. */
  static final StageCost NONE = new StageCost(0, 0);

  /**
   * Operations of a stage's training pass, auxiliary networks included.
   *
   * @param architecture at the recipe's image size
   */
  public static StageCost of(Stage stage, Architecture architecture) {
    return stage.trains() ? stage.objective().cost(stage, stage.architecture(architecture)) : NONE;
  }

  /**
   * Operations of the task's loss at a network's output: a trained module costs its forward pass
   * three times (output, gradient of the input, gradient of the weights), a fixed one after it
   * twice, a fixed one before it once.
   *
   * @param architecture the family
   * @param network its depths
   * @param trained indices of the modules that are trained
   */
  public static StageCost ofTask(
      Architecture architecture, ModularDivision network, Set<Integer> trained) {
    return new StageCost(
        ofTask(network, trained, i -> architecture.forwardFlops(network, i)),
        ofTask(network, trained, i -> architecture.computedFlops(network, i)));
  }

  private static double ofTask(
      ModularDivision network, Set<Integer> trained, IntToDoubleFunction forward) {
    int firstTrained = trained.stream().min(Integer::compare).orElseThrow();
    double flops = 0;
    for (int i = 0; i < network.moduleCount(); i++) {
      int passes = trained.contains(i) ? 3 : i > firstTrained ? 2 : 1;
      flops += passes * forward.applyAsDouble(i);
    }
    return flops;
  }

  /** The operations of a module's forward pass. */
  static StageCost ofForward(Architecture architecture, ModularDivision network, int module) {
    return new StageCost(
        architecture.forwardFlops(network, module), architecture.computedFlops(network, module));
  }

  /** So many times these. */
  StageCost times(double factor) {
    return new StageCost(factor * nominal, factor * computed);
  }

  /** These and others. */
  StageCost plus(StageCost other) {
    return new StageCost(nominal + other.nominal, computed + other.computed);
  }
}
