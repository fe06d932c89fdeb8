package io.deepincubation.core.data.batch;

import io.deepincubation.core.thread.Daemons;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Makes the next batch on a thread of its own while the current one trains. Used by one thread.
 *
 * <p>A few arrays take turns to hold the images, so that hours of training leave no garbage of
 * their size: a batch is good until the next one is asked for.
 */
public final class Prefetcher implements AutoCloseable {

  /** Batches that wait at most; one more may be in the making. */
  private static final int DEPTH = 1;

  /** Batches that wait, the one that trains and the one in the making. */
  public static final int ARRAYS = DEPTH + 2;

  private static final long CLOSE_SECONDS = 30;

  private final TrainingBatches batches;
  private final int batchesPerEpoch;
  private final float[][] arrays;
  private final float[][] annotated;
  private final BlockingQueue<Made> ready = new ArrayBlockingQueue<>(DEPTH);
  private final Thread thread;
  private long waitedNanos;

  /** A batch, or why there is none. */
  private sealed interface Made {
    Batch orThrow();
  }

  private record Done(Batch batch) implements Made {
    @Override
    public Batch orThrow() {
      return batch;
    }
  }

  private record Failed(Throwable cause) implements Made {
    @Override
    public Batch orThrow() {
      if (cause instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new IllegalStateException("Cannot make a batch: " + cause, cause);
    }
  }

  /**
   * Starts to make batches.
   *
   * @param batches makes them
   * @param firstBatch how many batches of the training went before, over all epochs
   * @param endBatch the number of the first batch that is not wanted any more
   * @param batchesPerEpoch batches that are used of each epoch
   */
  public Prefetcher(TrainingBatches batches, long firstBatch, long endBatch, int batchesPerEpoch) {
    if (firstBatch < 0 || batchesPerEpoch < 1 || batchesPerEpoch > batches.batchesPerEpoch()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot make batches ahead: expected a first batch from 0 and 1 to %d batches per"
                  + " epoch, got %d and %d",
              batches.batchesPerEpoch(),
              firstBatch,
              batchesPerEpoch));
    }
    this.batches = batches;
    this.batchesPerEpoch = batchesPerEpoch;
    arrays = new float[ARRAYS][batches.valuesPerBatch()];
    annotated = new float[ARRAYS][batches.annotatedValues()];
    thread = Daemons.start("batches", () -> make(firstBatch, endBatch));
  }

  /**
   * The next batch; waits for it where it is not ready. The one before is no longer good.
   *
   * @throws RuntimeException what the making of the batch threw; no batch comes after it
   * @throws IllegalStateException if this is closed, or no more are made
   */
  public Batch next() {
    long start = System.nanoTime();
    try {
      while (true) {
        Made made = ready.poll(1, TimeUnit.SECONDS);
        if (made != null) {
          return made.orThrow();
        }
        if (!thread.isAlive() && ready.isEmpty()) {
          throw new IllegalStateException(
              "Cannot give a batch: expected a running thread, got one that was closed");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot wait for a batch: the thread was interrupted", e);
    } finally {
      waitedNanos += System.nanoTime() - start;
    }
  }

  /** Nanoseconds that {@link #next} has waited in all. */
  public long waitedNanos() {
    return waitedNanos;
  }

  /** Ends the thread; waits until the batch in the making is done. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ready.clear();
  }

  private void make(long firstBatch, long endBatch) {
    try {
      boolean goesOn = true;
      for (long i = firstBatch; goesOn && i < endBatch; i++) {
        Made made = made(i);
        ready.put(made);
        goesOn = made instanceof Done;
      }
    } catch (InterruptedException e) {
      // Closed: nobody waits for the batch.
      Thread.currentThread().interrupt();
    }
  }

  private Made made(long number) {
    try {
      int epoch = Math.toIntExact(number / batchesPerEpoch);
      int index = (int) (number % batchesPerEpoch);
      int turn = (int) (number % ARRAYS);
      return new Done(batches.batch(epoch, index, arrays[turn], annotated[turn]));
    } catch (RuntimeException | Error e) {
      return new Failed(e);
    }
  }
}
