package io.deepincubation.core.thread;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Things that are done at the same time, in threads of the caller's that end with them. */
public final class Parallel {

  private Parallel() {}

  /**
   * Makes things by their numbers.
   *
   * @param count how many
   * @param threads how many at a time, at least 1
   * @param work makes one; where some throw, what the first of them throws is thrown, and the
   *     others are interrupted
   * @return in the order of the numbers
   */
  public static <T> List<T> map(int count, int threads, IntFunction<T> work) {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      var asked = new ArrayList<Future<T>>();
      for (int i = 0; i < count; i++) {
        int number = i;
        asked.add(pool.submit(() -> work.apply(number)));
      }
      var made = new ArrayList<T>();
      for (Future<T> one : asked) {
        made.add(one.get());
      }
      return made;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot wait for " + count + " threads: interrupted", e);
    } finally {
      pool.shutdownNow();
    }
  }
}
