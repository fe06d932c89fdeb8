package io.deepincubation.core.training;

import ai.djl.Device;
import io.deepincubation.core.machine.Host;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.run.RunEvent;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which attempt at a stage computes, and where.
 *
 * @param executor the cluster's name of the process; {@value #DRIVER} for the one that was started
 *     by the user
 * @param number from 0
 * @param gpus addresses of the GPUs that the cluster assigned to the task, used or not
 */
public record Attempt(String executor, int number, List<String> gpus) {

  /** The process that the user started. */
  public static final String DRIVER = "driver";

  /** The first attempt in the process that the user started. */
  public static final Attempt HERE = new Attempt(DRIVER, 0, List.of());

  /** Copies. */
  public Attempt {
    gpus = List.copyOf(gpus);
  }

  /** Attempt and place in words, such as {@code attempt 2 on executor 1}; attempts from 1. */
  String inWords() {
    return "attempt "
        + (number + 1)
        + (executor.equals(DRIVER) ? " on the driver" : " on executor " + executor);
  }

  /** What computes, in words: {@code gpu 1}, {@code cpu}, {@code cpu (assigned gpu 1)}. */
  public String device(Device device) {
    if (device.isGpu()) {
      return "gpu " + device.getDeviceId();
    }
    return gpus.isEmpty() ? "cpu" : "cpu (assigned gpu " + String.join(", ", gpus) + ")";
  }

  /** All that computes, in words, such as {@code gpu 0, gpu 1}. */
  public String devices(Compute compute) {
    return compute.devices().stream().map(this::device).collect(Collectors.joining(", "));
  }

  /** The attempt as events tell it. */
  public RunEvent.Source source(Compute compute) {
    return new RunEvent.Source(executor, number, Host.name(), devices(compute));
  }
}
