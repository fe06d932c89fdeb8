package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.HostArrays;
import io.deepincubation.core.script.ScriptProgram;
import io.deepincubation.core.script.TorchEngine;

/**
 * What one lane gathers for an optimizer step: a sum for each parameter, and that of the losses.
 */
public final class GradientSums {

  /** The method that a program needs for {@link #addGradientsOf}. */
  static final String GATHER =
      """
      def gather(self, total: Tensor, loss: Tensor, share: Tensor, begin: Tensor,
                 p: List[Tensor], sums: List[Tensor]) -> Tensor:
        found = torch.grad([torch.mul(loss, share)], p, None, None, False, False)
        g = annotate(List[Tensor], [])
        for i in range(len(found)):
          g = torch.append(g, unchecked_cast(Tensor, found[i]))
        if bool(begin):
          torch._foreach_copy_(sums, g)
        else:
          torch._foreach_add_(sums, g)
        return torch.add_(total, torch.mul(torch.detach(loss), share))
      """;

  private final NDList parameters;
  private final NDList gradients;
  private final NDArray total;
  private final ScriptProgram program;
  private boolean begun;

  /**
   * Sums that begin with the first gradients.
   *
   * @param parameters what is trained
   * @param gradients an array of each parameter's shape, whatever its values
   * @param program has {@link #GATHER}; lanes may share it
   * @param manager owns what else is needed
   */
  GradientSums(NDList parameters, NDList gradients, ScriptProgram program, NDManager manager) {
    this.parameters = parameters;
    this.gradients = gradients;
    total = manager.zeros(new Shape());
    this.program = program;
  }

  /**
   * Whether the next gradients are the sums' first, so that they replace what is there; from now on
   * they are added.
   */
  public boolean begin() {
    boolean first = !begun;
    begun = true;
    return first;
  }

  /** Says that the sums were used: the next gradients begin new ones. */
  void end() {
    begun = false;
  }

  /** The sums, in the order of the parameters; they are changed in place. */
  public NDList gradients() {
    return gradients;
  }

  /** The sum of the losses, a scalar; it is changed in place. */
  public NDArray total() {
    return total;
  }

  /**
   * Some of the parameters, one after the other.
   *
   * @param first index of the first
   * @param count how many they are
   */
  record Range(int first, int count) {
    private NDList of(NDList all) {
      return all.subNDList(first, first + count);
    }
  }

  /**
   * Adds the gradients of a loss that depends on all parameters, and the loss.
   *
   * @param loss a scalar with its graph
   * @param share factor of both
   */
  public void addGradientsOf(NDArray loss, double share) {
    addGradientsOf(loss, share, new Range(0, parameters.size()), begin());
  }

  /**
   * Adds the gradients of a loss that depends on some parameters, and the loss.
   *
   * @param loss a scalar with its graph
   * @param share factor of both
   * @param range the parameters
   * @param begin whether their gradients are the sums' first, as {@link #begin} said in this pass
   */
  void addGradientsOf(NDArray loss, double share, Range range, boolean begin) {
    try (NDManager call = loss.getManager().newSubManager();
        GradientMode mode = GradientMode.recording()) {
      NDManager host = TorchEngine.hostManager(call);
      NDArray first = HostArrays.scalar(host, begin ? 1 : 0);
      var arguments = new NDList(total, loss, HostArrays.scalar(host, share), first);
      arguments.addAll(ScriptProgram.listOf("parameters", range.of(parameters)));
      arguments.addAll(ScriptProgram.listOf("sums", range.of(gradients)));
      program.call(call, "gather", arguments);
    }
  }

  /** The sum of the losses. Waits for the device. */
  double totalLoss() {
    return total.getFloat();
  }

  /** Gives the sum of the losses and starts it anew. Waits for the device. */
  double takeTotal() {
    double sum = totalLoss();
    total.set(new float[] {0});
    return sum;
  }
}
