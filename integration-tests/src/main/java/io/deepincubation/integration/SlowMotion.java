package io.deepincubation.integration;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Makes a process slow: most of the time it is stopped. */
public final class SlowMotion implements AutoCloseable {

  private static final Duration STOPPED = Duration.ofMillis(900);
  private static final Duration RUNNING = Duration.ofMillis(100);
  private static final int SIGNAL_SECONDS = 10;

  private final ProcessHandle process;
  private final Thread thread = new Thread(this::alternate, "slow-motion");
  private volatile boolean closed;

  /** Slows a process down, to a tenth, until this is closed. */
  public SlowMotion(ProcessHandle process) {
    this.process = process;
    thread.setDaemon(true);
    thread.start();
  }

  private void alternate() {
    while (!closed && process.isAlive()) {
      Signals.send(process, "STOP");
      LockSupport.parkNanos(STOPPED.toNanos());
      Signals.send(process, "CONT");
      LockSupport.parkNanos(RUNNING.toNanos());
    }
  }

  /** Lets the process run as fast as it can. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join(Duration.ofSeconds(SIGNAL_SECONDS).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (process.isAlive()) {
      Signals.send(process, "CONT");
    }
  }
}
