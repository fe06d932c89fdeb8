package io.deepincubation.core.method;

import io.deepincubation.core.network.Compute;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Computes stages in threads of this process, some at a time. */
public final class LocalStages implements StageRunner {

  private final RunContext context;
  private final Compute compute;
  private final int slots;

  /**
   * Prepares the threads.
   *
   * @param context the run
   * @param compute where and how one stage computes
   * @param slots stages at a time
   */
  public LocalStages(RunContext context, Compute compute, int slots) {
    this.context = context;
    this.compute = compute;
    this.slots = slots;
  }

  @Override
  public void run(List<Stage> ready) {
    ExecutorService threads = Executors.newFixedThreadPool(slots);
    try {
      var work = new StageWork(context, compute);
      StageInputs inputs = StageInputs.of(context.folder());
      var running = new ArrayList<Future<?>>();
      ready.forEach(stage -> running.add(threads.submit(() -> work.run(stage, inputs))));
      for (Future<?> task : running) {
        task.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("Cannot compute a stage", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot compute stages: interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }
}
