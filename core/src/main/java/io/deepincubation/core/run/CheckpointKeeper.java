package io.deepincubation.core.run;

import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.thread.Daemons;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the states of one running training: the training hands over a copy of its state and goes
 * on, a thread beside it makes the files and sends them to the storage. At most one state is on its
 * way.
 *
 * <p>A storage that refuses a state does not stop the training at once: the next one is tried.
 * Where {@value #MOST_REFUSALS} in a row are refused the training ends, since it could not keep its
 * result either. Used by one thread.
 */
public final class CheckpointKeeper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CheckpointKeeper.class);
  private static final int MOST_REFUSALS = 3;

  /** Training time between two states, as a multiple of the time that saving one takes. */
  private static final long PAUSE_PER_SAVE = 20;

  private final Checkpoints checkpoints;
  private final CheckpointPolicy policy;
  private final LongSupplier nanoTime;
  private final ExecutorService thread = Daemons.single("checkpoints");
  private @Nullable Future<Long> onItsWay;
  private long keptStep;
  private long pausedSince;
  private long saveNanos;
  private int refusals;

  CheckpointKeeper(
      Checkpoints checkpoints, CheckpointPolicy policy, long step, LongSupplier nanoTime) {
    this.checkpoints = checkpoints;
    this.policy = policy;
    this.nanoTime = nanoTime;
    keptStep = step;
    pausedSince = nanoTime.getAsLong();
  }

  /**
   * Whether a state is wanted now; if so none is on its way any more. Where the policy bounds the
   * steps that a kill costs, this waits until the state before is stored.
   *
   * @param step optimizer steps done
   * @throws StorageException if states are refused again and again
   */
  public boolean wants(long step) {
    boolean bySteps = step - keptStep >= policy.stepsBetween();
    if (bySteps || (onItsWay != null && onItsWay.isDone())) {
      settle();
    }
    return bySteps || (onItsWay == null && nanoTime.getAsLong() - pausedSince >= pauseNanos());
  }

  private long pauseNanos() {
    return Math.max(policy.pause().toNanos(), PAUSE_PER_SAVE * saveNanos);
  }

  /**
   * Takes over a state that is {@linkplain #wants wanted}; nobody may change it until the next one
   * is.
   *
   * @throws StorageException if states are refused again and again
   */
  public void keep(TrainingState state) {
    settle();
    keptStep = state.step();
    onItsWay = thread.submit(() -> save(state));
    if (policy.waitsForEach()) {
      settle();
    }
  }

  /** Saves and returns how long that took, in nanoseconds. */
  private long save(TrainingState state) {
    long start = nanoTime.getAsLong();
    checkpoints.save(state);
    return nanoTime.getAsLong() - start;
  }

  /** Waits for the state that is on its way, and takes note of how it went. */
  private void settle() {
    Future<Long> saving = onItsWay;
    if (saving == null) {
      return;
    }
    onItsWay = null;
    try {
      saveNanos = saving.get();
      refusals = 0;
    } catch (ExecutionException e) {
      refused(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot wait for a checkpoint: interrupted", e);
    }
    pausedSince = nanoTime.getAsLong();
  }

  private void refused(ExecutionException failure) {
    if (!(failure.getCause() instanceof StorageException refusal)) {
      throw new IllegalStateException(
          "Cannot keep a checkpoint: " + failure.getCause(), failure.getCause());
    }
    refusals++;
    if (refusals >= MOST_REFUSALS) {
      throw new StorageException(
          String.format(
              Locale.ROOT,
              "%s (%d checkpoints in a row; the ones before stay, so the same command goes on from"
                  + " them)",
              refusal.getMessage(),
              refusals),
          refusal);
    }
    LOG.warn("Skipped a checkpoint, training goes on: {}", refusal.getMessage());
  }

  /** Waits for the state that is on its way; one that is refused now is of no use any more. */
  @Override
  public void close() {
    thread.shutdown();
    refusals = 0;
    settle();
  }
}
