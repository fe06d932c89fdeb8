package io.deepincubation.core.incubation;

import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Incubates modules in threads of this process, some at a time. */
public final class LocalModuleTasks implements ModuleTasks {

  private final RunContext context;
  private final Compute compute;
  private final int slots;

  /**
   * Prepares the threads.
   *
   * @param context the run
   * @param compute where and how one task computes
   * @param slots tasks at a time
   */
  public LocalModuleTasks(RunContext context, Compute compute, int slots) {
    this.context = context;
    this.compute = compute;
    this.slots = slots;
  }

  @Override
  public void incubate(List<Weights> meta, List<Integer> moduleIndices) {
    ExecutorService threads = Executors.newFixedThreadPool(slots);
    try {
      var running = new ArrayList<Future<?>>();
      for (int moduleIndex : moduleIndices) {
        running.add(
            threads.submit(
                () -> new ModuleIncubation(context, compute).incubate(moduleIndex, meta)));
      }
      for (Future<?> task : running) {
        task.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("Cannot incubate a module", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot incubate: interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }
}
