package io.deepincubation.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.script.TorchEngine;
import org.junit.jupiter.api.Test;

class MemoryWatchTest {

  private static final long MEGABYTE = 1 << 20;

  @Test
  void seesNativeMemoryThatWasFreedAgain() {
    try (var watch = MemoryWatch.start(Device.cpu())) {
      MemoryUse before = watch.most();
      try (NDManager manager = TorchEngine.newManager(Device.cpu());
          NDArray ones = manager.ones(new Shape(800 * MEGABYTE / Float.BYTES))) {
        assertThat(ones.size()).isPositive();
      }
      MemoryUse after = watch.most();
      assertThat(after.processBytes()).isGreaterThan(before.processBytes() + 300 * MEGABYTE);
      assertThat(after.heapBytes()).isPositive().isLessThan(after.processBytes());
      assertThat(after.onDevice()).isEmpty();
    }
  }
}
