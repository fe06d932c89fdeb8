package io.deepincubation.integration;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what other processes do, never longer than said. */
public final class Await {

  private static final long PAUSE_NANOS = 100_000_000;

  private Await() {}

  /**
   * Looks until there is something to see.
   *
   * @param what is expected, for the message
   * @param limit of the wait
   * @param probe looks once
   * @throws IllegalStateException if the limit passes first
   */
  public static <T> T until(String what, Duration limit, Supplier<Optional<T>> probe) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      Optional<T> seen = probe.get();
      if (seen.isPresent()) {
        return seen.get();
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "Cannot go on: expected " + what + " within " + limit.toSeconds() + " s, got nothing");
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /**
   * Looks until something is true.
   *
   * @throws IllegalStateException if the limit passes first
   */
  public static void untilTrue(String what, Duration limit, BooleanSupplier probe) {
    until(what, limit, () -> probe.getAsBoolean() ? Optional.of(what) : Optional.empty());
  }
}
