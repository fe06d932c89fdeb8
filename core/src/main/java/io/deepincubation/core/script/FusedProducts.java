package io.deepincubation.core.script;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Products of bfloat16 rows with weights by oneDNN's own operators: weights are packed for the
 * processor's matrix units, and bias, GELU or a sum come with the product instead of after it.
 *
 * <p>They have no gradient, so where autograd records the plain operators are used. libtorch has
 * them for processors whose vectors oneDNN can use.
 */
public final class FusedProducts {

  private static final Logger LOG = LoggerFactory.getLogger(FusedProducts.class);

  /** The methods of a program that multiply with weights, see {@code VisionTransformerScript}. */
  public static final String SOURCE =
      """
      # The rows to come tell oneDNN how to lay the weight out
      def packed(self, x: Tensor, weight: Tensor) -> Tensor:
        rows = torch.floordiv(torch.numel(x), torch.size(x, -1))
        return ops.mkldnn._reorder_linear_weight(weight, rows)

      def fused(self, x: Tensor, weight: Tensor, bias: Tensor, kind: str, how: str) -> Tensor:
        numbers = annotate(List[Optional[number]], [])
        w = self.packed(x, weight)
        return ops.mkldnn._linear_pointwise(x, w, bias, kind, numbers, how)

      def linear(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        if torch.is_grad_enabled():
          y = torch.linear(x, weight, bias)
        else:
          y = self.fused(x, weight, bias, "none", "")
        return y

      def linear_gelu(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        if torch.is_grad_enabled():
          y = torch.gelu(self.linear(x, weight, bias))
        else:
          y = self.fused(x, weight, bias, "gelu", "none")
        return y

      def linear_add(self, x: Tensor, weight: Tensor, bias: Tensor, other: Tensor) -> Tensor:
        if torch.is_grad_enabled():
          y = torch.add(other, self.linear(x, weight, bias))
        else:
          w = self.packed(x, weight)
          y = ops.mkldnn._linear_pointwise(x, other, w, bias, "add")
        return y
      """;

  private static final String TRIAL =
      """
      def run(self, x: Tensor) -> Tensor:
        rows = torch.to(x, 15)
        bias = torch.select(rows, 0, 0)
        y = self.linear_gelu(rows, rows, bias)
        return torch.to(self.linear_add(y, rows, bias, rows), 6)
      """;

  private static final class Holder {
    static final boolean AVAILABLE = works();
  }

  private FusedProducts() {}

  /** Whether this process's libtorch has the operators and the processor can use them. */
  public static boolean available() {
    return Holder.AVAILABLE;
  }

  private static boolean works() {
    try (NDManager manager = TorchEngine.newManager(Device.cpu());
        GradientMode mode = GradientMode.frozen();
        ScriptProgram program = ScriptProgram.load(manager, SOURCE + "\n" + TRIAL)) {
      NDArray ones = manager.ones(new Shape(16, 16));
      return program.call(manager, "run", new NDList(ones)).head().getFloat(0, 0) > 0;
    } catch (EngineException e) {
      LOG.info("Products are computed without oneDNN's fused operators: {}", e.getMessage());
      return false;
    }
  }
}
