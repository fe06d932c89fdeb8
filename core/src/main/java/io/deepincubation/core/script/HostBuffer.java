package io.deepincubation.core.script;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Memory outside Java's heap through which values reach libtorch, used again and again: memory that
 * is taken anew for every batch stays taken until Java next collects its garbage. For one thread at
 * a time.
 */
public final class HostBuffer {

  private ByteBuffer bytes = empty(0);

  private static ByteBuffer empty(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
  }

  /**
   * An array of fp32 values. On a processor it lies in this memory, so it must be closed before the
   * next one is made.
   *
   * @param manager owns the array
   * @param values as many as the shape has
   * @param shape of the array
   */
  public NDArray array(NDManager manager, FloatBuffer values, Shape shape) {
    int size = Math.multiplyExact(values.remaining(), Float.BYTES);
    if (bytes.capacity() < size) {
      bytes = empty(size);
    }
    bytes.clear().limit(size);
    bytes.asFloatBuffer().put(values);
    return manager.create(bytes, shape, DataType.FLOAT32);
  }
}
