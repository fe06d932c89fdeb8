package io.deepincubation.core.script;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Memory outside Java's heap through which values reach libtorch, used again and again: memory that
 * is taken anew for every batch stays taken until Java next collects its garbage. For one thread at
 * a time.
 *
 * <p>A GPU gets its copy while it works on: nothing waits for it.
 */
public final class HostBuffer {

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

  private ByteBuffer bytes = empty(0);

  private static ByteBuffer empty(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
  }

  /**
   * An array of fp32 values. On a processor it lies in this memory, so it must be closed before the
   * next one is made.
   *
   * @param manager owns the array
   * @param shape of the array
   * @param values one part after the other, together as many as the shape has
   * @throws IllegalArgumentException if they are more or fewer
   */
  public NDArray array(NDManager manager, Shape shape, FloatBuffer... values) {
    long given = Arrays.stream(values).mapToLong(FloatBuffer::remaining).sum();
    if (given != shape.size()) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot make an array of shape %s: expected %d values, got %d",
              shape, shape.size(), given));
    }
    int size = Math.multiplyExact(Math.toIntExact(shape.size()), Float.BYTES);
    if (bytes.capacity() < size) {
      bytes = empty(size);
    }
    bytes.clear().limit(size);
    FloatBuffer target = bytes.asFloatBuffer();
    for (FloatBuffer part : values) {
      target.put(part);
    }
    if (!manager.getDevice().isGpu()) {
      return manager.create(bytes, shape, DataType.FLOAT32);
    }
    try (NDManager host = TorchEngine.hostManager(manager)) {
      NDArray there = manager.create(new Shape(0));
      NDArray here = host.create(bytes, shape, DataType.FLOAT32);
      return Holder.UPLOADING.call(manager, "upload", new NDList(here, there)).head();
    }
  }
}
