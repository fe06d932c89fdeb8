package io.deepincubation.core.method;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.NetworkFamilies;
import io.deepincubation.core.network.NetworkFamily;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.run.RunEvent;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.run.StageResult;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Runs a method's stages in a folder: those that are ready and not committed go to a runner, until
 * none is left. A stage that is committed is not repeated, so a run that was stopped goes on.
 */
@Evolving
public final class MethodRun {

  private final List<Stage> stages;
  private final RunFolder folder;
  private final CommittedStages committed;
  private final StageRunner runner;
  private final RunObserver observer;

  /**
   * Prepares a run.
   *
   * @param stages a method's, each after those that it needs
   * @param folder where they are committed
   * @param inputs images and initial weights of the run
   * @param runner computes them
   * @param observer told of each stage that is committed
   */
  public MethodRun(
      List<Stage> stages,
      RunFolder folder,
      RunInputs inputs,
      StageRunner runner,
      RunObserver observer) {
    this.observer = observer;
    this.stages = List.copyOf(stages);
    this.folder = folder;
    this.runner = runner;
    committed = new CommittedStages(folder, inputs);
  }

  /**
   * A method in threads of this process.
   *
   * @param method the method
   * @param recipe the hyper-parameters
   * @param context the run
   * @param compute where and how one stage computes
   * @param slots stages at a time
   */
  public static MethodRun inProcess(
      Method method, Recipe recipe, RunContext context, Compute compute, int slots) {
    List<Stage> stages = method.stages(recipe);
    Tasks.requireFit(stages, context.data().classes());
    return new MethodRun(
        stages,
        context.folder(),
        context.inputs(),
        new LocalStages(context, compute, slots),
        context.observer());
  }

  /** All stages, in their order. */
  public IncubationReport run() {
    return run(stage -> true);
  }

  /**
   * Some of the stages.
   *
   * @param wanted which
   * @throws MissingStageException if one needs a stage that is neither wanted nor committed
   */
  public IncubationReport run(Predicate<Stage> wanted) {
    List<Stage> asked = stages.stream().filter(wanted).toList();
    asked.forEach(MethodRun::requireHeads);
    Set<Stage> done = committed(asked);
    List<Stage> left = asked.stream().filter(stage -> !done.contains(stage)).toList();
    requireNeeds(left, done);
    while (!left.isEmpty()) {
      List<Stage> ready = left.stream().filter(s -> done.containsAll(s.needs())).toList();
      runner.run(ready);
      ready.forEach(stage -> tellCommitted(MissingStageException.require(folder, stage.name())));
      done.addAll(ready);
      left = left.stream().filter(stage -> !done.contains(stage)).toList();
    }
    return new IncubationReport(
        asked.stream().map(s -> MissingStageException.require(folder, s.name())).toList());
  }

  /** Objectives other than the task's look into modules. */
  private static void requireHeads(Stage stage) {
    String name = stage.recipe().model().family();
    boolean tellsHeads =
        NetworkFamilies.find(name).map(NetworkFamily::tellsHeads).orElse(true); // refused elsewhere
    if (!tellsHeads && !(stage.objective() instanceof StageObjective.TaskLoss)) {
      throw new RecipeException(
          String.format(
              Locale.ROOT,
              "Cannot train %s: its objective needs a network whose heads are told apart,"
                  + " got one of the family %s; choose model.family vit or resnet, or"
                  + " another --method",
              stage.name(),
              name));
    }
  }

  /** The committed ones of some stages and of all that they need, each of the expected key. */
  private Set<Stage> committed(List<Stage> asked) {
    var needed = new HashSet<Stage>();
    asked.forEach(stage -> collect(stage, needed));
    return stages.stream()
        .filter(needed::contains)
        .filter(stage -> committed.result(stage).isPresent())
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static void collect(Stage stage, Set<Stage> needed) {
    if (needed.add(stage)) {
      stage.needs().forEach(need -> collect(need, needed));
    }
  }

  private void tellCommitted(StageResult result) {
    var source =
        new RunEvent.Source(result.executor(), result.attempt(), result.host(), result.device());
    String now = Instant.now().toString();
    observer.on(new RunEvent.Committed(result.stage(), source, now, result.sha256()));
  }

  /** Before anything is computed: each need is committed, or computed before. */
  private void requireNeeds(List<Stage> left, Set<Stage> done) {
    for (Stage stage : left) {
      stage.needs().stream()
          .filter(need -> !done.contains(need) && !left.contains(need))
          .forEach(need -> MissingStageException.require(folder, need.name()));
    }
  }
}
