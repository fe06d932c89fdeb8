package io.deepincubation.core.script;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The CUDA runtime that libtorch itself uses, found through the library that depends on it: DJL
 * looks for one of its own on the system's paths, where neither a libtorch archive nor Python's
 * torch puts it.
 */
final class CudaRuntime {

  /** The part of libtorch that depends on the runtime; absent where libtorch is for processors. */
  private static final String DEPENDENT = "libc10_cuda.so";

  /** The functions used; each gives 0 when it succeeds. */
  interface Functions extends Library {
    /** Counts the GPUs that this process may use. */
    int cudaGetDeviceCount(IntByReference count);

    /** Makes a GPU the calling thread's. */
    int cudaSetDevice(int ordinal);

    /** The memory of the calling thread's GPU, in bytes. */
    int cudaMemGetInfo(LongByReference free, LongByReference total);
  }

  private final @Nullable Functions functions;

  private CudaRuntime(@Nullable Functions functions) {
    this.functions = functions;
  }

  /**
   * The runtime of a libtorch that is loaded.
   *
   * @param libraries the folder that it was loaded from
   */
  static CudaRuntime of(String libraries) {
    Path dependent = Path.of(libraries, DEPENDENT);
    if (!Files.exists(dependent)) {
      return new CudaRuntime(null);
    }
    return new CudaRuntime(Native.load(dependent.toString(), Functions.class));
  }

  /** GPUs that can be computed on; 0 without a runtime, a driver or a GPU. */
  int gpus() {
    var count = new IntByReference();
    return functions != null && functions.cudaGetDeviceCount(count) == 0 ? count.getValue() : 0;
  }

  /**
   * Memory of a GPU that is taken, by all its users.
   *
   * @param ordinal from 0
   * @return bytes; 0 where nobody tells
   */
  long usedBytes(int ordinal) {
    var free = new LongByReference();
    var total = new LongByReference();
    boolean known =
        functions != null
            && functions.cudaSetDevice(ordinal) == 0
            && functions.cudaMemGetInfo(free, total) == 0;
    return known ? total.getValue() - free.getValue() : 0;
  }
}
