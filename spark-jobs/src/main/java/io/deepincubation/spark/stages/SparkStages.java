package io.deepincubation.spark.stages;

import io.deepincubation.core.method.RunContext;
import io.deepincubation.core.method.Stage;
import io.deepincubation.core.method.StageInputs;
import io.deepincubation.core.method.StageRunner;
import io.deepincubation.core.method.StageWork;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.run.Assignment;
import io.deepincubation.core.run.Commits;
import io.deepincubation.core.run.RunEvent;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.run.TaskAttempt.Outcome;
import io.deepincubation.core.text.FirstLine;
import io.deepincubation.core.training.Attempt;
import io.deepincubation.spark.cluster.EndSigns;
import io.deepincubation.spark.cluster.SparkSettings;
import io.deepincubation.spark.cluster.Where;
import io.deepincubation.spark.progress.AttemptLog;
import io.deepincubation.spark.progress.ProgressBoard;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Computes stages where the settings say: in tasks, or on the driver one after the other. Workers
 * of a stage are always tasks.
 */
final class SparkStages implements StageRunner {

  private final SparkSettings settings;
  private final Supplier<Compute> driver;
  private final Function<RunObserver, RunContext> context;
  private final Function<RunObserver, StageJobs> jobs;
  private final Commits commits;
  private final ProgressBoard board;
  private final RunObserver watcher;

  /**
   * Prepares both.
   *
   * @param settings where stages are computed
   * @param driver where and how the driver computes
   * @param context of stages that the driver computes, given who is told
   * @param jobs computes stages in tasks, given who is told
   * @param commits the driver's
   * @param board shows each stage's progress
   * @param watcher told what happens, the board too
   */
  SparkStages(
      SparkSettings settings,
      Supplier<Compute> driver,
      Function<RunObserver, RunContext> context,
      Function<RunObserver, StageJobs> jobs,
      Commits commits,
      ProgressBoard board,
      RunObserver watcher) {
    this.settings = settings;
    this.driver = driver;
    this.context = context;
    this.jobs = jobs;
    this.commits = commits;
    this.board = board;
    this.watcher = watcher;
  }

  @Override
  public void run(List<Stage> ready) {
    ready.forEach(this::expect);
    List<Stage> tasks = ready.stream().filter(this::inTask).toList();
    try (var attempts = AttemptLog.of(commits)) {
      RunObserver observer = RunObserver.all(List.of(watcher, attempts));
      if (!tasks.isEmpty()) {
        inTasks(tasks, observer);
      }
      ready.stream()
          .filter(stage -> !inTask(stage))
          .forEach(stage -> onDriver(stage, attempts, observer));
    }
  }

  /** Those of several workers in rounds first; what is left of them is done with the others. */
  private void inTasks(List<Stage> stages, RunObserver observer) {
    StageJobs tasks = jobs.apply(observer);
    List<Stage> inRounds = stages.stream().filter(stage -> stage.workers() > 1).toList();
    if (!inRounds.isEmpty()) {
      tasks.rounds(context.apply(observer)).run(inRounds);
    }
    tasks.run(stages);
  }

  private void expect(Stage stage) {
    board.expect(stage.name(), stage.moduleIndex(), stage.network().moduleCount());
  }

  private boolean inTask(Stage stage) {
    return settings.placeOf(stage) == Where.EXECUTOR;
  }

  private void onDriver(Stage stage, AttemptLog attempts, RunObserver observer) {
    EndSigns.watch();
    Compute compute = driver.get();
    var attempt = new Attempt(Attempt.DRIVER, attempts.nextOnDriver(stage.name()), List.of());
    RunEvent.Source source = attempt.source(compute);
    Assignment whole = Assignment.whole(stage.name());
    observer.on(new RunEvent.Started(whole, source, now(), /* speculative= */ false));
    try {
      new StageWork(context.apply(observer), compute).run(stage, StageInputs.of(commits.folder()));
      observer.on(new RunEvent.Ended(whole, source, now(), Outcome.DONE, ""));
    } catch (RuntimeException e) {
      String why = FirstLine.of(e);
      observer.on(new RunEvent.Ended(whole, source, now(), Outcome.FAILED, why));
      throw e;
    }
  }

  private static String now() {
    return Instant.now().toString();
  }
}
