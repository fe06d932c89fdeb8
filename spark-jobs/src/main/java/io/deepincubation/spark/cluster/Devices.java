package io.deepincubation.spark.cluster;

import ai.djl.Device;
import io.deepincubation.core.script.TorchEngine;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntSupplier;
import org.apache.spark.SparkConf;
import org.apache.spark.resource.ResourceInformation;

/**
 * Chooses devices. A GPU that was asked for, by the user or by Spark's assignment, is used or the
 * task fails; it never turns into the processor silently.
 */
public final class Devices {

  private static final String REMEDY =
      "; set spark.executor.resource.gpu.amount and spark.task.resource.gpu.amount (for the driver"
          + " spark.driver.resource.gpu.amount), or "
          + SparkSettings.DEVICE
          + "=cpu";

  private static final int ON_A_CLUSTER = -1;

  private Devices() {}

  /**
   * The device of a task or of the driver.
   *
   * @param settings with the user's choice
   * @param assigned addresses of the GPUs that Spark assigned to the task or to the driver
   * @param ordinal in local mode, where Spark assigns nothing, tasks take GPUs in turn by this
   *     number; on a cluster it means nothing
   */
  public static Device of(SparkSettings settings, List<String> assigned, int ordinal) {
    int localOrdinal = settings.local() ? ordinal : ON_A_CLUSTER;
    return choose(settings.device(), assigned, localOrdinal, TorchEngine::gpus);
  }

  /**
   * All devices of a task or of the driver: each GPU that Spark assigned, else the one of {@link
   * #of}.
   */
  public static List<Device> all(SparkSettings settings, List<String> assigned, int ordinal) {
    return settings.device() == DeviceChoice.CPU || assigned.size() < 2
        ? List.of(of(settings, assigned, ordinal))
        : all(assigned, TorchEngine::gpus);
  }

  static List<Device> all(List<String> assigned, IntSupplier usableGpus) {
    return assigned.stream().map(address -> assigned(address, usableGpus.getAsInt())).toList();
  }

  /**
   * The device that a process of this machine computes on without a cluster, by the settings that
   * it was started with.
   *
   * @throws IllegalStateException if a GPU was asked for and none can be used
   */
  public static Device ofThisProcess() {
    var choice = DeviceChoice.named(new SparkConf().get(SparkSettings.DEVICE, "auto"));
    return choose(choice, List.of(), /* localOrdinal= */ 0, TorchEngine::gpus);
  }

  /** Addresses of the GPUs among the resources that Spark assigned. */
  public static List<String> assigned(Map<String, ResourceInformation> resources) {
    ResourceInformation gpu = resources.get("gpu");
    return gpu == null ? List.of() : List.of(gpu.addresses());
  }

  /**
   * Chooses.
   *
   * @param localOrdinal in local mode the turn in which GPUs are taken; below 0 on a cluster
   * @param usableGpus of this process
   */
  static Device choose(
      DeviceChoice choice, List<String> assigned, int localOrdinal, IntSupplier usableGpus) {
    if (choice == DeviceChoice.CPU) {
      return Device.cpu();
    }
    if (!assigned.isEmpty()) {
      return assigned(assigned.get(0), usableGpus.getAsInt());
    }
    if (localOrdinal >= 0) {
      return local(choice, localOrdinal, usableGpus.getAsInt());
    }
    if (choice == DeviceChoice.GPU) {
      throw new IllegalStateException(
          "Cannot compute on a GPU: expected Spark to assign one, got none" + REMEDY);
    }
    return Device.cpu();
  }

  private static Device assigned(String address, int usable) {
    int index = address.matches("\\d{1,4}") ? Integer.parseInt(address) : -1;
    if (index < 0 || index >= usable) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "Cannot compute on GPU %s: expected an address below the %d GPUs that %s sees;"
                  + " install the CUDA build of libtorch and the driver on this node, or set"
                  + " %s=cpu",
              address,
              usable,
              TorchEngine.version(),
              SparkSettings.DEVICE));
    }
    return Device.gpu(index);
  }

  private static Device local(DeviceChoice choice, int ordinal, int usable) {
    if (usable > 0) {
      return Device.gpu(ordinal % usable);
    }
    if (choice == DeviceChoice.GPU) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "Cannot compute on a GPU: expected one on this machine, %s sees none; install the"
                  + " CUDA build of libtorch and the driver, or set %s=cpu",
              TorchEngine.version(),
              SparkSettings.DEVICE));
    }
    return Device.cpu();
  }
}
