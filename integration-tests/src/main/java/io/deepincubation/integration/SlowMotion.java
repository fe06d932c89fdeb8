package io.deepincubation.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
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
      signal("STOP");
      LockSupport.parkNanos(STOPPED.toNanos());
      signal("CONT");
      LockSupport.parkNanos(RUNNING.toNanos());
    }
  }

  private void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor(SIGNAL_SECONDS, TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot signal process " + process.pid(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
      signal("CONT");
    }
  }
}
