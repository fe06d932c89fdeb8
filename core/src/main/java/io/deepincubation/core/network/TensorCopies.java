package io.deepincubation.core.network;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Copies of arrays outside of any engine that are made again and again, such as a training's state:
 * each lies where the copy of that name before it did, which is lost. New ones each time would
 * leave as much garbage as the state is large. For one thread at a time.
 */
public final class TensorCopies {

  private final Map<String, float[]> copies = new HashMap<>();

  /**
   * Copies an array. Waits for the device.
   *
   * @param name tells the copies apart
   * @param array fp32, of the same size each time
   */
  public Weights.Tensor of(String name, NDArray array) {
    List<Long> shape = Arrays.stream(array.getShape().getShape()).boxed().toList();
    float[] values =
        copies.computeIfAbsent(name, absent -> new float[Math.toIntExact(array.size())]);
    if (array.getDevice().isGpu()) {
      try (NDArray here = array.toDevice(Device.cpu(), /* copy= */ false)) {
        copy(here, values);
      }
    } else {
      copy(array, values);
    }
    return new Weights.Tensor(shape, values);
  }

  private static void copy(NDArray array, float[] values) {
    array.toByteBuffer(/* tryDirect= */ true).asFloatBuffer().get(values);
  }
}
