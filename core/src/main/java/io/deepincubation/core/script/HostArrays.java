package io.deepincubation.core.script;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Locale;

/**
 * Arrays of values that Java has, in memory that libtorch takes and that is freed with the array.
 *
 * <p>What DJL makes of Java's values lies in a buffer of Java's, which is freed when Java next
 * collects its garbage. Until then it lies between the arrays of many steps, and the memory that
 * they free falls into pieces which the next ones do not fit into.
 */
public final class HostArrays {

  private static final String UPLOAD =
      """
      def upload(self, values: Tensor, there: Tensor) -> Tensor:
        return torch.to(torch.pin_memory(values), there.device, 6, True)
      """;

  /** Lives as long as the process, and is made where there is a GPU. */
  private static final class Holder {
    static final ScriptProgram UPLOADING =
        ScriptProgram.load(TorchEngine.newManager(Device.cpu()), UPLOAD);
  }

  private HostArrays() {}

  /**
   * An array of fp32 values. A GPU gets its copy while it works on: nothing waits for it.
   *
   * @param manager owns the array
   * @param shape of the array
   * @param values one part after the other, together as many as the shape has
   * @throws IllegalArgumentException if they are more or fewer
   */
  public static NDArray array(NDManager manager, Shape shape, FloatBuffer... values) {
    long given = Arrays.stream(values).mapToLong(FloatBuffer::remaining).sum();
    if (given != shape.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot make an array of shape %s: expected %d values, got %d",
              shape,
              shape.size(),
              given));
    }
    if (!manager.getDevice().isGpu()) {
      return filled(manager, shape, values);
    }
    try (NDManager host = TorchEngine.hostManager(manager)) {
      NDArray there = manager.create(new Shape(0));
      NDArray here = filled(host, shape, values);
      return Holder.UPLOADING.call(manager, "upload", new NDList(here, there)).head();
    }
  }

  private static NDArray filled(NDManager host, Shape shape, FloatBuffer... values) {
    NDArray array = host.create(shape, DataType.FLOAT32);
    FloatBuffer memory = array.toByteBuffer(/* tryDirect= */ true).asFloatBuffer();
    for (FloatBuffer part : values) {
      memory.put(part);
    }
    return array;
  }

  /**
   * One fp32 value on the host.
   *
   * @param host owns it
   */
  public static NDArray scalar(NDManager host, double value) {
    return host.full(new Shape(), (float) value);
  }
}
