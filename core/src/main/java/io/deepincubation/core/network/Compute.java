package io.deepincubation.core.network;

import ai.djl.Device;

/**
 * Where and how a task computes. All three decide the bits of the result.
 *
 * @param device where the arrays live
 * @param arithmetic what matrix products are computed in
 * @param threads width of the processor's share of the work, at least 1
 */
public record Compute(Device device, Arithmetic arithmetic, int threads) {

  /** Checks. */
  public Compute {
    if (threads < 1) {
      throw new IllegalArgumentException(
          "Cannot compute with " + threads + " threads: expected at least 1");
    }
  }
}
