package io.deepincubation.core.run;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/**
 * Whether this process is about to be taken away. Trainings look at it between two steps: they keep
 * their state at once and stop, so that whoever goes on repeats nothing. Safe for use by many
 * threads.
 */
public final class ProcessEnd {

  private static final ProcessEnd HERE = new ProcessEnd();

  private final List<BooleanSupplier> signs = new CopyOnWriteArrayList<>();
  private volatile boolean told;
  private int trainings;

  private ProcessEnd() {}

  /** That of this process. */
  public static ProcessEnd here() {
    return HERE;
  }

  /** Says that it is near. */
  public void tell() {
    told = true;
  }

  /** Something that may say so, too; it is asked after each step. */
  public Sign watch(BooleanSupplier sign) {
    signs.add(sign);
    return () -> signs.remove(sign);
  }

  /** A sign that is watched until this is closed. */
  @FunctionalInterface
  public interface Sign extends AutoCloseable {
    @Override
    void close();
  }

  /** Whether it is near. */
  public boolean isNear() {
    return told || signs.stream().anyMatch(BooleanSupplier::getAsBoolean);
  }

  /** A training that takes notice of it begins; it ends when the result is closed. */
  public synchronized Sign training() {
    trainings++;
    return this::ended;
  }

  private synchronized void ended() {
    trainings--;
    notifyAll();
  }

  /**
   * Waits until no training is left that has to keep its state.
   *
   * @param most the longest wait
   * @return whether none is left
   */
  public synchronized boolean awaitTrainings(Duration most) {
    long end = System.nanoTime() + most.toNanos();
    try {
      while (trainings > 0) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return false;
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return trainings == 0;
  }
}
