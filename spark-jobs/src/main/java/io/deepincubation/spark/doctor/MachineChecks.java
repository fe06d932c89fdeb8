package io.deepincubation.spark.doctor;

import ai.djl.Device;
import com.sun.management.OperatingSystemMXBean;
import io.deepincubation.core.machine.NameEncoding;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.NativeArithmetic;
import io.deepincubation.core.script.GemmPeak;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.text.Quantities;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Checks of the machine that calls them. */
public final class MachineChecks {

  /** What to do where libtorch does not load. */
  public static final String NATIVE_REMEDY =
      "run the all-jar on Linux x86-64, or stage libtorch "
          + "2.7.1 on the node and set PYTORCH_LIBRARY_PATH, PYTORCH_VERSION and PYTORCH_FLAVOR";

  private static final long GIB = 1L << 30;
  private static final long LEAST_ROOM = GIB / 2;
  private static final long COMFORTABLE_ROOM = 2 * GIB;
  private static final int SIDE = 512;

  private MachineChecks() {}

  /** Versions of what runs, beside the driver's. */
  public static Finding versions(String here, String onDriver) {
    return here.equals(onDriver)
        ? Finding.ok("versions", here)
        : Finding.fail(
            "versions",
            here + ", the driver has " + onDriver,
            "run the same Java, Spark and all-jar on every node");
  }

  /**
   * Whether names of files beyond ASCII can be read.
   *
   * @param encoding of names
   */
  static Finding locale(String encoding) {
    return NameEncoding.isUtf8(encoding)
        ? Finding.ok("locale", "names of files are " + encoding)
        : Finding.warn(
            "locale",
            "names of files are " + encoding + ", others cannot be read",
            "set LC_ALL=C.UTF-8, on executors spark.executorEnv.LC_ALL");
  }

  /** Whether libtorch loads, from where, without asking the internet. */
  public static Finding nativeLibrary() {
    String offline =
        Boolean.getBoolean("ai.djl.offline") || "true".equals(System.getenv("DJL_OFFLINE"))
            ? "offline"
            : "online";
    return Finding.ok(
        "libtorch", TorchEngine.version() + " from " + TorchEngine.libraries() + ", " + offline);
  }

  /** Multiplies matrices in fp32. */
  public static Finding products(Device device) {
    double flops = GemmPeak.ofSquares(device, /* bfloat16= */ false, SIDE);
    return Finding.ok("products", "fp32 at " + Quantities.flops(flops) + "/s");
  }

  /** Multiplies matrices in bfloat16, natively or not. */
  public static Finding bfloat16(Device device) {
    double flops = GemmPeak.ofSquares(device, /* bfloat16= */ true, SIDE);
    boolean fast = NativeArithmetic.of(device) == Arithmetic.BF16;
    return Finding.ok(
        "bfloat16",
        (fast ? "native" : "not native (precision auto computes in fp32)")
            + ", at "
            + Quantities.flops(flops)
            + "/s");
  }

  /**
   * Room for weights and activations, which lie outside Java's heap.
   *
   * @param granted bytes beside the heap that the cluster manager grants, or -1 where it does not
   *     count
   * @param key that grants more
   */
  public static Finding memory(long granted, String key) {
    long heap = Runtime.getRuntime().maxMemory();
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long machine = system.getTotalMemorySize();
    long room = granted < 0 ? machine - heap : Math.min(granted, machine - heap);
    return memory(heap, machine, room, key);
  }

  static Finding memory(long heap, long machine, long room, String key) {
    String said =
        String.format(
            Locale.ROOT,
            "heap %s, machine or container %s, room outside the heap %s",
            Quantities.bytes(heap),
            Quantities.bytes(machine),
            Quantities.bytes(room));
    String remedy =
        "raise " + key + " or lower the heap; `plan` tells what a task needs outside the heap";
    if (room < LEAST_ROOM) {
      return Finding.fail("memory", said, remedy);
    }
    return room < COMFORTABLE_ROOM
        ? Finding.warn("memory", said, remedy)
        : Finding.ok("memory", said);
  }

  /**
   * Threads of all tasks that run at once here, beside processors.
   *
   * @param width threads of a task
   * @param tasks at once
   * @param processors of this process
   * @param waitPolicy of OpenMP's threads
   */
  public static Finding threads(int width, int tasks, int processors, String waitPolicy) {
    String said =
        String.format(
            Locale.ROOT, "%d tasks at once of %d threads, %d processors", tasks, width, processors);
    if (width > processors) {
      return Finding.fail(
          "threads", said, "lower spark.task.cpus, or give the process more processors");
    }
    if ((long) width * tasks > processors) {
      return Finding.warn(
          "threads", said, "lower spark.executor.cores or the N of local[N]: tasks take turns");
    }
    if (!waitPolicy.equalsIgnoreCase("passive")) {
      return Finding.warn(
          "threads",
          said + ", which spin while they wait",
          "set OMP_WAIT_POLICY=PASSIVE, on executors spark.executorEnv.OMP_WAIT_POLICY");
    }
    return Finding.ok("threads", said);
  }

  /** Whether decoded images can be kept on this node. */
  public static Finding cache(Path folder, long wanted) throws IOException {
    Files.createDirectories(folder);
    Path probe = Files.createTempFile(folder, "doctor", "");
    Files.delete(probe);
    long free = Files.getFileStore(folder).getUsableSpace();
    String said = folder + ", " + Quantities.bytes(free) + " free";
    return free < Math.min(wanted, GIB)
        ? Finding.warn("cache", said, "free space, or set spark.deepincubation.cache.directory")
        : Finding.ok("cache", said);
  }
}
