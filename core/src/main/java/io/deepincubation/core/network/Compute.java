package io.deepincubation.core.network;

import ai.djl.Device;
import java.util.List;

/**
 * Where and how a task computes. All of it but the devices' numbers decides the bits of the result.
 *
 * @param devices where the arrays live: of several each has a replica of the network in training,
 *     which computes an equal part of every batch; the first one has the optimizer, and measures
 * @param arithmetic what matrix products are computed in
 * @param threads width of the processor's share of the work, at least 1
 */
public record Compute(List<Device> devices, Arithmetic arithmetic, int threads) {

  /** Checks. */
  public Compute {
    devices = List.copyOf(devices);
    if (threads < 1 || devices.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot compute on "
              + devices
              + " with "
              + threads
              + " threads: expected at least 1 of each");
    }
  }

  /** On one device. */
  public Compute(Device device, Arithmetic arithmetic, int threads) {
    this(List.of(device), arithmetic, threads);
  }

  /** The first device, or the only one. */
  public Device device() {
    return devices.get(0);
  }

  /**
   * The same on one of the devices alone.
   *
   * @param replica its number
   */
  public Compute on(int replica) {
    return new Compute(devices.get(replica), arithmetic, threads);
  }
}
