package io.deepincubation.core.training;

import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.thread.Daemons;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Threads that each compute a part of a batch from end to end.
 *
 * <p>On a processor that is faster than to split every operation over the threads: they meet once a
 * pass instead of a thousand times. The number of lanes follows from the task's width and the batch
 * alone, so it decides the bits no more than the width does.
 *
 * <p>A lane is a thread of its own, always the same: it takes the same memory in the same order
 * every step, and finds what it left in its core's cache.
 */
final class Lanes implements AutoCloseable {

  /** Images below which a lane's products become too small to be fast. */
  private static final int FEWEST_IMAGES = 16;

  private final int count;
  private final int imagesAtOnce;
  private final List<ExecutorService> threads;

  private Lanes(int count, int imagesAtOnce, int width) {
    this.count = count;
    this.imagesAtOnce = imagesAtOnce;
    threads = Stream.generate(() -> thread(width)).limit(count).toList();
  }

  private static ExecutorService thread(int width) {
    return Executors.newSingleThreadExecutor(
        work ->
            Daemons.named("lane")
                .newThread(
                    () -> {
                      TorchEngine.useThreads(width);
                      work.run();
                    }));
  }

  /**
   * One for each device where there are several; else as many lanes as divide both the width and
   * the batch, and leave each enough images.
   *
   * @param compute of the task
   * @param images of a pass
   * @param atOnce the most images that are computed at once; {@link Integer#MAX_VALUE} where no
   *     part of a batch may be computed apart
   */
  static Lanes of(Compute compute, int images, int atOnce) {
    int devices = compute.devices().size();
    if (devices > 1) {
      requireParts(images, atOnce, devices);
    }
    int lanes = devices;
    if (devices == 1 && atOnce < Integer.MAX_VALUE && !compute.device().isGpu()) {
      for (int n = 2; n <= compute.threads() && images / n >= FEWEST_IMAGES; n++) {
        if (compute.threads() % n == 0 && images % n == 0) {
          lanes = n;
        }
      }
    }
    int own = images / lanes;
    int some = compute.device().isGpu() ? own : largestDivisor(own, atOnce);
    return new Lanes(lanes, some, Math.max(1, compute.threads() / lanes));
  }

  /**
   * Checks that a pass can be computed by several devices.
   *
   * @param images of a pass
   * @param atOnce as in {@link #of}
   * @param devices how many
   * @throws RecipeException if it cannot
   */
  static void requireParts(int images, int atOnce, int devices) {
    if (atOnce == Integer.MAX_VALUE || images % devices != 0) {
      throw new RecipeException(
          String.format(
              Locale.ROOT,
              "Cannot spread batches over the %d GPUs of a task: %s; give each task one GPU, and"
                  + " the stage workers",
              devices,
              atOnce == Integer.MAX_VALUE
                  ? "the network's batch norm needs all images of a batch in one place"
                  : "expected as many images for each, got " + images + " of a pass"));
    }
  }

  private static int largestDivisor(int number, int most) {
    int divisor = Math.min(number, Math.max(1, most));
    while (number % divisor != 0) {
      divisor--;
    }
    return divisor;
  }

  /** How many images a lane computes at once: a divisor of those it has. */
  int imagesAtOnce() {
    return imagesAtOnce;
  }

  /** The number of lanes, at least 1. */
  int count() {
    return count;
  }

  /**
   * Does some work in every lane and waits for all, also where one fails: what they use is freed
   * after this. A single lane is the calling thread.
   *
   * @param work takes the lane, from 0
   */
  void forEach(IntConsumer work) {
    if (count == 1) {
      work.accept(0);
      return;
    }
    var running = new ArrayList<Future<?>>();
    for (int lane = 0; lane < count; lane++) {
      int mine = lane;
      running.add(threads.get(lane).submit(() -> work.accept(mine)));
    }
    RuntimeException failure = null;
    for (Future<?> lane : running) {
      failure = firstOf(failure, waitFor(lane));
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static @Nullable RuntimeException firstOf(
      @Nullable RuntimeException one, @Nullable RuntimeException other) {
    return one != null ? one : other;
  }

  private static @Nullable RuntimeException waitFor(Future<?> lane) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          lane.get();
          return null;
        } catch (InterruptedException e) {
          interrupted = true; // The lane still uses the arrays: wait on, tell it afterwards.
        }
      }
    } catch (ExecutionException e) {
      return e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException("Cannot compute a part of a batch", e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    threads.forEach(ExecutorService::shutdown);
  }
}
