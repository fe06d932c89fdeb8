package io.deepincubation.core.method;

import io.deepincubation.core.network.Compute;
import io.deepincubation.core.run.Assignment;
import io.deepincubation.core.run.RangeSum;
import io.deepincubation.core.thread.Parallel;
import java.util.List;

/**
 * Computes stages in threads of this process, some at a time; those of several workers in rounds,
 * some workers at a time.
 */
public final class LocalStages implements StageRunner, RoundsRun.Workers {

  private final RunContext context;
  private final int slots;
  private final StageWork work;
  private final RoundWork parts;
  private final StageInputs inputs;

  /**
   * Prepares the threads.
   *
   * @param context the run
   * @param compute where and how one stage, or one worker, computes
   * @param slots stages or workers at a time
   */
  public LocalStages(RunContext context, Compute compute, int slots) {
    this.context = context;
    this.slots = slots;
    work = new StageWork(context, compute);
    parts = new RoundWork(context, compute);
    inputs = StageInputs.of(context.folder());
  }

  @Override
  public void run(List<Stage> ready) {
    List<Stage> inRounds = ready.stream().filter(stage -> stage.workers() > 1).toList();
    if (!inRounds.isEmpty()) {
      new RoundsRun(context.folder().commits(), context, parts, this, RoundsRun.MOST_SUMMED_HERE)
          .run(inRounds);
    }
    inThreads(ready.stream().<Runnable>map(stage -> () -> work.run(stage, inputs)).toList());
  }

  @Override
  public void compute(List<Stage> stages, List<Assignment> assigned) {
    inThreads(
        assigned.stream()
            .<Runnable>map(part -> () -> parts.run(Stage.named(part.stage(), stages), part, inputs))
            .toList());
  }

  @Override
  public void sum(List<Stage> stages, List<RangeSum> sums) {
    inThreads(
        sums.stream()
            .<Runnable>map(
                sum ->
                    () ->
                        RoundSum.run(
                            Stage.named(sum.stage(), stages),
                            sum,
                            context.folder(),
                            context.inputs()))
            .toList());
  }

  private void inThreads(List<Runnable> tasks) {
    Parallel.map(
        tasks.size(),
        slots,
        i -> {
          tasks.get(i).run();
          return i;
        });
  }
}
