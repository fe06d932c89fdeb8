package io.deepincubation.core.data.batch;

import java.util.concurrent.ForkJoinPool;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Threads that share the work on a batch. They end by themselves when they have long been idle. */
final class Workers {

  private final int threads;
  private final ForkJoinPool pool;

  /** So many threads. */
  Workers(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException(
          "Cannot make batches: expected 1 thread or more, got " + threads);
    }
    this.threads = threads;
    pool = new ForkJoinPool(threads);
  }

  /** Does something for each number from 0 to {@code count - 1}; ends when all is done. */
  void forEach(int count, IntConsumer work) {
    if (threads == 1) {
      IntStream.range(0, count).forEach(work);
    } else {
      pool.submit(() -> IntStream.range(0, count).parallel().forEach(work)).join();
    }
  }
}
