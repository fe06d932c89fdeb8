package io.deepincubation.core.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.ScriptProgram;
import java.util.List;

/** Gradients of a scalar, for tests. */
final class Autograd {

  private static final String SOURCE =
      """
      def of(self, loss: Tensor, p: List[Tensor]) -> List[Tensor]:
        found = torch.grad([loss], p, None, None, False, False)
        g = annotate(List[Tensor], [])
        for i in range(len(found)):
          g = torch.append(g, unchecked_cast(Tensor, found[i]))
        return g

      # The sum of values times the cosines of their numbers
      def waved(self, y: Tensor) -> Tensor:
        waves = torch.cos(torch.arange(torch.numel(y), dtype=6))
        return torch.sum(torch.mul(torch.flatten(y), waves))
      """;

  private Autograd() {}

  /**
   * Gradients by some arrays.
   *
   * @param loss with its graph
   * @param arrays it depends on, each with {@code setRequiresGradient(true)}
   */
  static List<float[]> gradients(NDArray loss, NDList arrays) {
    NDManager manager = loss.getManager();
    try (GradientMode mode = GradientMode.recording()) {
      var arguments = new NDList(loss);
      arguments.addAll(ScriptProgram.listOf("p", arrays));
      NDList found = ScriptProgram.load(manager, SOURCE).call(manager, "of", arguments);
      return found.stream().map(NDArray::toFloatArray).toList();
    }
  }

  /** What the golden files' gradients are of: the sum of y cos(0, 1, 2, ...). */
  static NDArray waved(NDArray y) {
    NDManager manager = y.getManager();
    try (GradientMode mode = GradientMode.recording()) {
      return ScriptProgram.load(manager, SOURCE).call(manager, "waved", new NDList(y)).head();
    }
  }
}
