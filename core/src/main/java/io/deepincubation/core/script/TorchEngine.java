package io.deepincubation.core.script;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.LibUtils;
import java.time.Duration;

/** The process's one libtorch, started offline, and the settings of the threads that use it. */
public final class TorchEngine {

  /** Longer than a pass takes, and shorter than cluster managers wait for a process's end. */
  private static final Duration LAST_CALLS = Duration.ofSeconds(20);

  private static final class Holder {
    static final NativeCalls CALLS = new NativeCalls();
    static final Engine ENGINE = start();

    private static Engine start() {
      setDefault("ai.djl.offline", "true");
      setDefault("OPT_OUT_TRACKING", "true");
      NativeProcess.prepare();
      Engine engine = Engine.getEngine("PyTorch");
      NativeProcess.withoutWarnings(LibUtils.getLibtorchPath(), () -> fillFirstArray(engine));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> CALLS.end(LAST_CALLS), "last-calls"));
      return engine;
    }

    /** DJL fills arrays by a means that libtorch warns of, once a process. */
    private static void fillFirstArray(Engine engine) {
      try (NDManager manager = engine.newBaseManager(Device.cpu());
          NDArray array = manager.create(0f)) {
        array.set(new float[1]);
      }
    }

    private static void setDefault(String key, String value) {
      if (System.getProperty(key) == null) {
        System.setProperty(key, value);
      }
    }
  }

  private static final class Cuda {
    static final CudaRuntime RUNTIME = CudaRuntime.of(libraries());
  }

  private TorchEngine() {}

  /**
   * A new manager for a task's arrays.
   *
   * @param device where the arrays live
   * @return a manager that the caller closes
   */
  public static NDManager newManager(Device device) {
    return Holder.ENGINE.newBaseManager(device);
  }

  /**
   * A manager below another whose arrays live on the host: for numbers and choices that libtorch
   * needs to know before it tells a GPU what to do. Read from a GPU, they would have to be waited
   * for.
   *
   * @param manager of any device
   * @return a manager that is closed with the other at the latest
   */
  public static NDManager hostManager(NDManager manager) {
    return manager.newSubManager(Device.cpu());
  }

  /**
   * A DJL model without a block.
   *
   * @param name what DJL calls it
   * @param device where its arrays live
   * @return a model that the caller closes
   */
  public static Model newModel(String name, Device device) {
    return Holder.ENGINE.newModel(name, device);
  }

  /**
   * Pins how many threads libtorch uses for work started by the calling thread. The number decides
   * the order of sums, and so the bits of the results.
   *
   * @param threads at least 1
   */
  public static void useThreads(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException(
          "Cannot set the thread width: expected at least 1, got " + threads);
    }
    prepareThread();
    JniUtils.setNumThreads(threads);
  }

  /** GPUs that this process's libtorch can compute on. */
  public static int gpus() {
    return Cuda.RUNTIME.gpus();
  }

  /**
   * Whether OpenMP's threads sleep or spin while they wait: {@code passive}, which this class sees
   * to where the user says nothing, or {@code active}; empty where nobody can tell.
   */
  public static String waitPolicy() {
    return Holder.ENGINE == null ? "" : NativeProcess.waitPolicy();
  }

  /** The folder that libtorch's libraries were loaded from; its name tells version and flavour. */
  public static String libraries() {
    return Holder.ENGINE.getVersion().isEmpty() ? "" : LibUtils.getLibtorchPath();
  }

  /**
   * Memory taken on a device, by all its users.
   *
   * @return bytes; 0 for the processor, and where the driver does not tell
   */
  public static long usedBytes(Device device) {
    return device.isGpu() ? Cuda.RUNTIME.usedBytes(device.getDeviceId()) : 0;
  }

  /**
   * Hands memory that was freed, but kept for steps to come, back to the system and to the GPUs, so
   * that what a process takes can be measured.
   */
  public static void giveBackFreedMemory() {
    NativeProcess.giveBack();
    JniUtils.emptyCudaCache();
  }

  /** The version of libtorch and of the engine, for run records. */
  public static String version() {
    return Holder.ENGINE.getEngineName() + " " + Holder.ENGINE.getVersion();
  }

  /** The calls that the process's end waits for. */
  static NativeCalls calls() {
    return Holder.CALLS;
  }

  /** Turns the profiling executor off: it is a thread's setting, and only costs warm-up here. */
  static void prepareThread() {
    if (Holder.ENGINE != null) {
      JniUtils.setGraphExecutorOptimize(false);
    }
  }
}
