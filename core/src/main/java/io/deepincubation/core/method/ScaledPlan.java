package io.deepincubation.core.method;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.method.TrainingPlan.Planned;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.StageRecipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What some GPUs make of a method's training. Stages of modules run side by side, the others one
 * after the other; evaluations are left out.
 *
 * @param gpuSeconds of training on one GPU
 * @param wallSeconds from the first stage's start to the last one's end
 * @param serialSeconds of these in which one GPU computes at most
 * @param exchangeSeconds of these in which workers read and write, and rounds are summed, while no
 *     GPU computes
 */
@Evolving
public record ScaledPlan(
    double gpuSeconds, double wallSeconds, double serialSeconds, double exchangeSeconds) {

  /** What a worker moves in a round: weights in, what it changed and two moments out. */
  private static final int BY_A_WORKER = 4;

  /** What a sum moves beside the workers' changes: weights, out and in again. */
  private static final int WEIGHTS_OF_A_SUM = 2;

  private static final String INCUBATION = "incubation";

  /**
   * Plans stages.
   *
   * @param stages the method's that train something
   * @param gpus that there are, each for one task at a time
   * @param flopsPerSecond what a GPU reaches, counted by the networks' shape
   * @param bytesPerSecond what a process reads or writes, and checks
   */
  public static ScaledPlan of(
      List<Planned> stages, int gpus, double flopsPerSecond, double bytesPerSecond) {
    ToDoubleFunction<Planned> seconds = stage -> stage.cost().nominal() / flopsPerSecond;
    double all = stages.stream().mapToDouble(seconds).sum();
    double wall = 0;
    double serial = 0;
    double exchange = 0;
    for (List<Planned> together : groups(stages)) {
      int tasks = together.stream().mapToInt(stage -> stage.stage().workers()).sum();
      double slowest =
          together.stream()
              .mapToDouble(stage -> seconds.applyAsDouble(stage) / stage.stage().workers())
              .max()
              .orElse(0);
      int waves = (tasks + gpus - 1) / gpus;
      double computing = waves * slowest;
      wall += computing;
      serial += Math.min(tasks, gpus) == 1 ? computing : 0;
      exchange += exchangedBytes(together, waves, gpus) / bytesPerSecond;
    }
    return new ScaledPlan(all, wall + exchange, serial, exchange);
  }

  private static List<List<Planned>> groups(List<Planned> stages) {
    var groups = new ArrayList<List<Planned>>();
    List<Planned> modules =
        stages.stream().filter(stage -> stage.stage().module().isPresent()).toList();
    if (!modules.isEmpty()) {
      groups.add(modules);
    }
    stages.stream()
        .filter(stage -> stage.stage().module().isEmpty())
        .forEach(stage -> groups.add(List.of(stage)));
    return groups;
  }

  /** Bytes that are moved one after the other, in all rounds of stages side by side. */
  private static double exchangedBytes(List<Planned> together, int waves, int gpus) {
    double byWorkers =
        together.stream()
            .mapToDouble(stage -> (double) stage.rounds() * stage.exchangedBytes())
            .max()
            .orElse(0);
    double bySums =
        together.stream()
            .mapToDouble(
                stage ->
                    (double) stage.rounds()
                        * (stage.stage().workers() + WEIGHTS_OF_A_SUM)
                        * stage.exchangedBytes())
            .sum();
    double sumsAtATime =
        Math.max(1, Math.min(gpus, together.stream().mapToDouble(ScaledPlan::sums).sum()));
    return waves * BY_A_WORKER * byWorkers + bySums / sumsAtATime;
  }

  /** Tasks that sum a stage's ranges at the end of a round; none where the driver does. */
  private static double sums(Planned stage) {
    double changes = (double) stage.stage().workers() * stage.exchangedBytes();
    return changes > RoundsRun.MOST_SUMMED_HERE
        ? Math.ceil(
            (double) stage.exchangedBytes() / RoundsRun.rangeBytes(RoundsRun.MOST_SUMMED_HERE))
        : 0;
  }

  /**
   * The recipe with workers for some GPUs where it leaves them open: as many for a whole network,
   * for a module its share of them, as far as batches can be divided so and nothing of the recipe
   * forbids it.
   *
   * @param gpus that there are
   */
  public static Recipe withWorkers(Recipe recipe, int gpus) {
    int ofModule = gpus / recipe.division().modules();
    List<String> overrides =
        Stream.of(
                Map.entry("meta", recipe.meta()),
                Map.entry(INCUBATION, recipe.incubation().stage()),
                Map.entry("fine-tuning", recipe.fineTuning()),
                Map.entry("transfer", recipe.transfer().stage()),
                Map.entry("higher-resolution", recipe.higherResolution().stage()),
                Map.entry("end-to-end", recipe.endToEnd().stage(recipe.endToEnd()::warmUpEpochs)))
            .filter(schedule -> isOpen(recipe, schedule.getValue()))
            .map(Map.Entry::getKey)
            .map(
                key ->
                    key + ".workers=" + workers(recipe, key.equals(INCUBATION) ? ofModule : gpus))
            .toList();
    return RecipeYaml.override(recipe, overrides);
  }

  private static boolean isOpen(Recipe recipe, StageRecipe schedule) {
    return schedule.workers() == 1 && !schedule.best().isOn() && !recipe.ema().isOn();
  }

  /** The most workers, up to some, that the batch can be divided among. */
  private static int workers(Recipe recipe, int most) {
    int workers = Math.max(1, most);
    while (workers > 1 && recipe.batch().size() % recipe.batchUnit(workers) != 0) {
      workers--;
    }
    return workers;
  }
}
