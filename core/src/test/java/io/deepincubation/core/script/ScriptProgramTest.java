package io.deepincubation.core.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.Test;

class ScriptProgramTest {

  @Test
  void passesTensorsAndListsInOrder() {
    String source =
        """
        def pick(self, x: Tensor, many: List[Tensor]) -> Tensor:
          return torch.sub(torch.mul(x, many[0]), many[1])
        """;
    try (NDManager manager = TorchEngine.newManager(Device.cpu());
        ScriptProgram program = ScriptProgram.load(manager, source)) {
      var arguments = new NDList(manager.create(2f));
      NDArray first = manager.create(5f);
      NDArray second = manager.create(3f);
      arguments.addAll(ScriptProgram.listOf("many", new NDList(first, second)));
      assertThat(program.call(manager, "pick", arguments).head().getFloat()).isEqualTo(7);
    }
  }

  @Test
  void refusesFaultyProgramQuotingTheLine() {
    try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
      assertThatThrownBy(
              () ->
                  ScriptProgram.load(
                      manager,
                      """
                      def wrong(self, x: Tensor) -> Tensor:
                        return torch.no_such_operator(x)
                      """))
          .hasMessageContaining("no_such_operator");
    }
  }

  @Test
  void gradientModeIsRestored() {
    TorchEngine.useThreads(1);
    try (GradientMode outer = GradientMode.recording()) {
      try (GradientMode inner = GradientMode.frozen()) {
        assertThat(ai.djl.pytorch.jni.JniUtils.isGradMode()).isFalse();
      }
      assertThat(ai.djl.pytorch.jni.JniUtils.isGradMode()).isTrue();
    }
  }

  @Test
  void rejectsZeroThreads() {
    assertThatThrownBy(() -> TorchEngine.useThreads(0))
        .hasMessage("Cannot set the thread width: expected at least 1, got 0");
  }
}
