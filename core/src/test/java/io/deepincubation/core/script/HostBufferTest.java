package io.deepincubation.core.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostBufferTest {

  @Test
  void givesTheValuesOfEveryUse() {
    var buffer = new HostBuffer();
    try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
      for (float[] values :
          List.of(new float[] {1, 2}, new float[] {3, 4, 5, 6}, new float[] {7})) {
        var shape = new Shape(values.length);
        try (NDArray array = buffer.array(manager, shape, FloatBuffer.wrap(values))) {
          assertThat(array.toFloatArray()).containsExactly(values);
        }
      }
    }
  }

  @Test
  void takesAPartOfAnArray() {
    var values = FloatBuffer.wrap(new float[] {1, 2, 3, 4}, 1, 2);
    try (NDManager manager = TorchEngine.newManager(Device.cpu());
        NDArray array = new HostBuffer().array(manager, new Shape(2, 1), values)) {
      assertThat(array.toFloatArray()).containsExactly(2, 3);
      assertThat(array.getShape()).isEqualTo(new Shape(2, 1));
    }
  }

  @Test
  void joinsParts() {
    var one = FloatBuffer.wrap(new float[] {1, 2});
    var other = FloatBuffer.wrap(new float[] {3, 4});
    try (NDManager manager = TorchEngine.newManager(Device.cpu());
        NDArray array = new HostBuffer().array(manager, new Shape(2, 2), one, other)) {
      assertThat(array.toFloatArray()).containsExactly(1, 2, 3, 4);
    }
  }

  @Test
  void refusesAnotherNumberOfValues() {
    var values = FloatBuffer.wrap(new float[] {1, 2, 3});
    try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
      assertThatThrownBy(() -> new HostBuffer().array(manager, new Shape(2, 2), values))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected 4 values, got 3");
    }
  }
}
