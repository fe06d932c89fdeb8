package io.deepincubation.core.script;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * The calls into libtorch that compute. Java ends a process while its threads run, and libtorch's
 * destructors beside a thread that computes crash it: calls are let end first, and no other begins.
 */
final class NativeCalls {

  /** Every call reads; the end of the process writes, for good. */
  private final ReentrantReadWriteLock door = new ReentrantReadWriteLock();

  /** Computes, unless the process ends: then the calling thread waits until it is gone with it. */
  <T> T call(Supplier<T> computation) {
    door.readLock().lock();
    try {
      return computation.get();
    } finally {
      door.readLock().unlock();
    }
  }

  /**
   * Lets no call begin any more, and waits for those that run.
   *
   * @param patience the longest to wait; if it passes, calls go on as before
   * @return whether none runs
   */
  boolean end(Duration patience) {
    try {
      return door.writeLock().tryLock(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
