package io.deepincubation.core.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class HostArraysTest {

  @Test
  void arraysStayAsTheyAreWhenOthersAreMade() {
    var first = FloatBuffer.wrap(new float[] {1, 2});
    var second = FloatBuffer.wrap(new float[] {3, 4});
    try (NDManager manager = TorchEngine.newManager(Device.cpu());
        NDArray array = HostArrays.array(manager, new Shape(2), first);
        NDArray other = HostArrays.array(manager, new Shape(2), second)) {
      assertThat(array.toFloatArray()).containsExactly(1, 2);
      assertThat(other.toFloatArray()).containsExactly(3, 4);
    }
  }

  @Test
  void mayBeEmpty() {
    try (NDManager manager = TorchEngine.newManager(Device.cpu());
        NDArray array = HostArrays.array(manager, new Shape(0, 2))) {
      assertThat(array.getShape()).isEqualTo(new Shape(0, 2));
    }
  }

  @Test
  void takesOneValue() {
    try (NDManager manager = TorchEngine.newManager(Device.cpu());
        NDArray array = HostArrays.scalar(manager, 0.1)) {
      assertThat(array.getShape()).isEqualTo(new Shape());
      assertThat(array.getFloat()).isEqualTo(0.1f);
    }
  }

  @Test
  void takesAPartOfAnArray() {
    var values = FloatBuffer.wrap(new float[] {1, 2, 3, 4}, 1, 2);
    try (NDManager manager = TorchEngine.newManager(Device.cpu());
        NDArray array = HostArrays.array(manager, new Shape(2, 1), values)) {
      assertThat(array.toFloatArray()).containsExactly(2, 3);
      assertThat(array.getShape()).isEqualTo(new Shape(2, 1));
    }
  }

  @Test
  void joinsParts() {
    var one = FloatBuffer.wrap(new float[] {1, 2});
    var other = FloatBuffer.wrap(new float[] {3, 4});
    try (NDManager manager = TorchEngine.newManager(Device.cpu());
        NDArray array = HostArrays.array(manager, new Shape(2, 2), one, other)) {
      assertThat(array.toFloatArray()).containsExactly(1, 2, 3, 4);
    }
  }

  @Test
  void refusesAnotherNumberOfValues() {
    var values = FloatBuffer.wrap(new float[] {1, 2, 3});
    try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
      assertThatThrownBy(() -> HostArrays.array(manager, new Shape(2, 2), values))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected 4 values, got 3");
    }
  }
}
