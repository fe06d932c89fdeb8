package io.deepincubation.core.script;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptBlockTest {

  private static final String DOUBLED =
      """
      def evaluate(self, x: Tensor, p: List[Tensor]) -> Tensor:
        return torch.mul(x, p[0])

      def train(self, x: Tensor, p: List[Tensor]) -> Tensor:
        return self.evaluate(x, p)
      """;

  @Test
  void isInitializedBeforeItsFirstUseSoThatThreadsMayShareIt() {
    var block =
        new ScriptBlock(
            DOUBLED,
            List.of(new ScriptBlock.Declared("scale", new Shape(1), Parameter.Type.OTHER)),
            input -> input);
    assertThat(block.isInitialized()).isFalse();
    try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
      Parameter scale = block.getParameters().get("scale");
      scale.setShape(null);
      scale.setArray(manager.create(new float[] {2}));
      assertThat(block.isInitialized()).isTrue();

      var store = new ParameterStore(manager, /* copy= */ false);
      NDList doubled = block.forward(store, new NDList(manager.create(21f)), /* training= */ true);

      assertThat(doubled.head().toFloatArray()).containsExactly(42);
    }
  }
}
