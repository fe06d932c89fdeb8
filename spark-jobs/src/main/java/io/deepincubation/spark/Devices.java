package io.deepincubation.spark;

import ai.djl.Device;
import io.deepincubation.core.script.TorchEngine;
import java.util.List;
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

  private Devices() {}

  /**
   * The device of a task.
   *
   * @param choice of the user
   * @param assigned addresses of the GPUs that Spark assigned to the task or to the driver
   * @param localOrdinal in local mode, where Spark assigns nothing, tasks take GPUs in turn by this
   *     number; -1 on a cluster
   */
  static Device choose(DeviceWish choice, List<String> assigned, int localOrdinal) {
    return choose(choice, assigned, localOrdinal, TorchEngine::gpus);
  }

  /**
   * The device that a process of this machine computes on without a cluster, by the settings that
   * it was started with.
   *
   * @throws IllegalStateException if a GPU was asked for and none can be used
   */
  public static Device ofThisProcess() {
    var choice = DeviceWish.named(new SparkConf().get(SparkSettings.DEVICE, "auto"));
    return choose(choice, List.of(), /* localOrdinal= */ 0);
  }

  /** Addresses of the GPUs among the resources that Spark assigned. */
  static List<String> assigned(Map<String, ResourceInformation> resources) {
    ResourceInformation gpu = resources.get("gpu");
    return gpu == null ? List.of() : List.of(gpu.addresses());
  }

  static Device choose(
      DeviceWish choice, List<String> assigned, int localOrdinal, IntSupplier usableGpus) {
    if (choice == DeviceWish.CPU) {
      return Device.cpu();
    }
    if (!assigned.isEmpty()) {
      return assigned(assigned.get(0), usableGpus.getAsInt());
    }
    if (localOrdinal >= 0) {
      return local(choice, localOrdinal, usableGpus.getAsInt());
    }
    if (choice == DeviceWish.GPU) {
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
              "Cannot compute on GPU %s: expected an address below the %d GPUs that %s sees;"
                  + " install the CUDA build of libtorch and the driver on this node, or set"
                  + " %s=cpu",
              address, usable, TorchEngine.version(), SparkSettings.DEVICE));
    }
    return Device.gpu(index);
  }

  private static Device local(DeviceWish choice, int ordinal, int usable) {
    if (usable > 0) {
      return Device.gpu(ordinal % usable);
    }
    if (choice == DeviceWish.GPU) {
      throw new IllegalStateException(
          String.format(
              "Cannot compute on a GPU: expected one on this machine, %s sees none; install the"
                  + " CUDA build of libtorch and the driver, or set %s=cpu",
              TorchEngine.version(), SparkSettings.DEVICE));
    }
    return Device.cpu();
  }
}
