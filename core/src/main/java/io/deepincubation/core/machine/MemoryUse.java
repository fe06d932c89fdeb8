package io.deepincubation.core.machine;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The most memory that was in use while a stage ran. Tasks side by side in one process share it,
 * and each reports the whole.
 *
 * @param processBytes resident in the process: heap, libtorch's tensors, code; 0 where the system
 *     does not tell
 * @param heapBytes of it objects on Java's heap, garbage included
 * @param deviceBytes taken on the GPU by all its users, or null where the processor computed
 */
public record MemoryUse(long processBytes, long heapBytes, @Nullable Long deviceBytes) {

  /** What was never measured. */
  public static final MemoryUse UNKNOWN = new MemoryUse(0, 0, null);

  /** Resident bytes outside the heap's objects, which is where weights and activations lie. */
  public long nativeBytes() {
    return Math.max(0, processBytes - heapBytes);
  }

  /** Bytes taken on the GPU, where one computed. */
  public Optional<Long> onDevice() {
    return Optional.ofNullable(deviceBytes);
  }
}
