package io.deepincubation.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.deepincubation.core.method.TrainingPlan.Planned;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.Recipes;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScaledPlanTest {

  private static final int IMAGE_NET = 1_281_167;
  private static final double DAY = 24 * 3600;
  private static final double FLOPS = 400e12;
  private static final double BYTES = 2e9;

  private static List<Planned> planned(Recipe recipe, int images, int classes) {
    var compute = new Compute(Device.gpu(), Arithmetic.BF16, 1);
    return new TrainingPlan(
            new DeepIncubation().stages(recipe), Architectures.of(recipe, classes), images, compute)
        .stages();
  }

  /**
   * By hand, by the networks' shape, for 32 layers of width D = 1280, 257 tokens T, 4 modules of 8
   * layers, a meta model of 4 layers: a layer's forward pass takes 24 T D^2 + 4 T^2 D operations,
   * the patches 2 x 256 x 588 D.
   */
  @Test
  void aVitHOnEightGpus() {
    Recipe recipe = ScaledPlan.withWorkers(Recipes.named("vit-h-imagenet"), 8);
    List<Planned> stages = planned(recipe, IMAGE_NET, 1000);
    ScaledPlan plan = ScaledPlan.of(stages, 8, FLOPS, BYTES);

    assertThat(recipe.meta().workers()).isEqualTo(8);
    assertThat(recipe.incubation().workers()).isEqualTo(2);
    assertThat(recipe.fineTuning().workers()).isEqualTo(8);

    double layer = 24 * 257. * 1280 * 1280 + 4 * 257. * 257 * 1280;
    double patches = 2 * 256. * 588 * 1280;
    double epoch = 625 * 2048; // whole batches of 1,281,167 images
    double meta = 300 * epoch * 3 * (4 * layer + patches);
    double tuned = 100 * epoch * 3 * (32 * layer + patches);
    // Module i has i frozen meta layers before it, forward alone, and 3 - i after it, twice.
    double layers = 4 * 3 * 8 + (1 + 2 + 3) + 2 * (3 + 2 + 1);
    double modules = 100 * epoch * (layers * layer + (3 + 1 + 1 + 1) * patches);
    double slowest = 100 * epoch * (3 * (8 * layer + patches) + 2 * 3 * layer);
    double seconds = (meta + modules + tuned) / FLOPS;
    assertThat(plan.gpuSeconds()).isCloseTo(seconds, within(0.005 * seconds));
    double computing = (meta / 8 + slowest / 2 + tuned / 8) / FLOPS;
    assertThat(plan.wallSeconds() - plan.exchangeSeconds())
        .isCloseTo(computing, within(0.005 * computing));

    assertThat(plan.wallSeconds() / DAY).isLessThan(1.4);
    assertThat(plan.serialSeconds() / plan.wallSeconds()).isLessThan(0.02);
    assertThat(plan.exchangeSeconds() / plan.wallSeconds()).isLessThan(0.08);
  }

  @Test
  void withOneWorkerMostOfTheWallIsSerial() {
    List<Planned> stages = planned(Recipes.named("vit-h-imagenet"), IMAGE_NET, 1000);
    ScaledPlan plan = ScaledPlan.of(stages, 8, FLOPS, BYTES);

    assertThat(plan.exchangeSeconds()).isZero();
    assertThat(plan.wallSeconds() / DAY).isBetween(6.0, 6.6);
    assertThat(plan.serialSeconds() / plan.wallSeconds()).isBetween(0.80, 0.84);
  }

  @Test
  void fewerGpusThanTasksTakeTurns() {
    Recipe recipe = ScaledPlan.withWorkers(Recipes.named("vit-h-imagenet"), 8);
    List<Planned> stages = planned(recipe, IMAGE_NET, 1000);
    ScaledPlan one = ScaledPlan.of(stages, 1, FLOPS, BYTES);
    ScaledPlan four = ScaledPlan.of(stages, 4, FLOPS, BYTES);

    assertThat(one.serialSeconds())
        .isCloseTo(one.wallSeconds() - one.exchangeSeconds(), within(1e-3));
    assertThat(one.wallSeconds() - one.exchangeSeconds()).isGreaterThanOrEqualTo(one.gpuSeconds());
    Planned tuned = stages.get(stages.size() - 1);
    // Of the changes of eight workers that take 20 GB, four tasks sum ranges, or one.
    assertThat(ScaledPlan.of(List.of(tuned), 4, FLOPS, BYTES).exchangeSeconds())
        .isCloseTo(
            tuned.rounds() * (2 * 4 + 10 / 4.) * tuned.exchangedBytes() / BYTES, within(1e-3));
    assertThat(four.wallSeconds()).isBetween(one.wallSeconds() / 4, one.wallSeconds() / 3);
    assertThat(four.serialSeconds()).isZero();
  }

  @Test
  void aRoundMovesTheTrainedWeightsOfEachWorkerInAndOut() {
    Recipe recipe =
        RecipeYaml.override(
            Recipes.named("deit-tiny-32-cifar100"),
            List.of("fine-tuning.workers=4", "rounds.steps=100"));
    List<Planned> stages = planned(recipe, 50_000, 100);
    Planned tuned = stages.get(stages.size() - 1);

    // 97 steps of 512 images an epoch, 100 epochs.
    assertThat(tuned.rounds()).isEqualTo(97);
    assertThat(tuned.exchangedBytes()).isEqualTo(tuned.memory().weightBytes());
    assertThat(stages.get(0).rounds()).isZero();
    assertThat(ScaledPlan.of(List.of(tuned), 4, 1e12, 1e9).exchangeSeconds())
        .isCloseTo(97 * (4 + 4 + 2) * tuned.exchangedBytes() / 1e9, within(1e-6));
    // Two GPUs for four workers take turns.
    assertThat(ScaledPlan.of(List.of(tuned), 2, 1e12, 1e9).exchangeSeconds())
        .isCloseTo(97 * (8 + 4 + 2) * tuned.exchangedBytes() / 1e9, within(1e-6));
  }

  @Test
  void leavesAloneWhatTheRecipeSaysAndWhatCannotBe() {
    Recipe recipe = Recipes.named("deit-tiny-32-cifar100");
    Recipe said = RecipeYaml.override(recipe, List.of("meta.workers=2"));
    Recipe averaged = RecipeYaml.override(recipe, List.of("ema.decay=0.9"));
    Recipe odd = RecipeYaml.override(recipe, List.of("batch.size=12"));

    assertThat(ScaledPlan.withWorkers(said, 8).meta().workers()).isEqualTo(2);
    assertThat(ScaledPlan.withWorkers(said, 8).fineTuning().workers()).isEqualTo(8);
    assertThat(ScaledPlan.withWorkers(averaged, 8)).isEqualTo(averaged);
    assertThat(ScaledPlan.withWorkers(odd, 8).meta().workers()).isEqualTo(6);
    assertThat(ScaledPlan.withWorkers(recipe, 1)).isEqualTo(recipe);
  }
}
