package io.deepincubation.core.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.script.TorchEngine;
import org.junit.jupiter.api.Test;

class TensorCopiesTest {

  @Test
  void aCopyLiesWhereTheOneBeforeItDid() {
    try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
      var copies = new TensorCopies();
      NDArray array = manager.create(new float[] {1, 2, 3, 4, 5, 6}, new Shape(2, 3));

      Weights.Tensor first = copies.of("a", array);
      assertThat(first.shape()).containsExactly(2L, 3L);
      assertThat(first.values()).containsExactly(1, 2, 3, 4, 5, 6);

      Weights.Tensor other = copies.of("b", array);
      array.addi(1);
      Weights.Tensor second = copies.of("a", array);
      assertThat(second.values()).isSameAs(first.values()).containsExactly(2, 3, 4, 5, 6, 7);
      assertThat(other.values()).containsExactly(1, 2, 3, 4, 5, 6);
    }
  }

  @Test
  void copiesWhatDoesNotLieInOrder() {
    try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
      NDArray array = manager.create(new float[] {1, 2, 3, 4, 5, 6}, new Shape(2, 3)).transpose();

      assertThat(new TensorCopies().of("a", array).values()).containsExactly(1, 4, 2, 5, 3, 6);
    }
  }
}
