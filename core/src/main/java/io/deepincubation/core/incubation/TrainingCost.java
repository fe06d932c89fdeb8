package io.deepincubation.core.incubation;

import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.StageRecipe;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Floating-point operations of training, counted before anything is trained. */
public final class TrainingCost {

  private final Recipe recipe;
  private final Architecture architecture;
  private final int trainImages;

  /**
   * Counts for a recipe.
   *
   * @param recipe the hyper-parameters
   * @param architecture that the recipe asks for
   * @param trainImages images of the training split
   */
  public TrainingCost(Recipe recipe, Architecture architecture, int trainImages) {
    this.recipe = recipe;
    this.architecture = architecture;
    this.trainImages = trainImages;
  }

  /**
   * Operations of one image's training pass: a trained module costs its forward pass three times
   * (output, gradient of the input, gradient of the weights), a frozen one after it twice, a frozen
   * one before it once.
   *
   * @param architecture the family
   * @param division the network's depths
   * @param trained indices of the modules that are trained
   */
  public static double perImage(
      Architecture architecture, ModularDivision division, Set<Integer> trained) {
    return perImage(division, trained, i -> architecture.forwardFlops(division, i));
  }

  /** Those operations of {@link #perImage} that are computed, for comparison with a peak. */
  static double computedPerImage(
      Architecture architecture, ModularDivision division, Set<Integer> trained) {
    return perImage(division, trained, i -> architecture.computedFlops(division, i));
  }

  private static double perImage(
      ModularDivision division, Set<Integer> trained, IntToDoubleFunction forward) {
    int firstTrained = trained.stream().min(Integer::compare).orElseThrow();
    double flops = 0;
    for (int i = 0; i < division.moduleCount(); i++) {
      int passes = trained.contains(i) ? 3 : i > firstTrained ? 2 : 1;
      flops += passes * forward.applyAsDouble(i);
    }
    return flops;
  }

  /** Operations of all training of Algorithm 1. */
  public double deepIncubation() {
    ModularDivision target = recipe.targetDivision();
    ModularDivision meta = recipe.metaDivision();
    double incubation =
        IntStream.range(0, target.moduleCount())
            .mapToDouble(i -> perImage(architecture, meta.hybrid(target, i), Set.of(i)))
            .sum();
    return images(recipe.meta()) * whole(meta)
        + images(recipe.incubation().stage()) * incubation
        + images(recipe.fineTuning()) * whole(target);
  }

  /** Operations of the end-to-end baseline. */
  public double endToEnd() {
    return images(recipe.endToEnd()) * whole(recipe.targetDivision());
  }

  /**
   * Epochs of end-to-end training that cost as much as Algorithm 1.
   *
   * @return at least 1
   */
  public int epochsOfEqualCost() {
    double epoch = imagesOfEpoch() * whole(recipe.targetDivision());
    return Math.toIntExact(Math.max(1, Math.round(deepIncubation() / epoch)));
  }

  private double whole(ModularDivision division) {
    return perImage(architecture, division, division.allModules());
  }

  /** Images that go through a stage's network, repeats counted. */
  double images(StageRecipe stage) {
    return stage.epochs() * imagesOfEpoch();
  }

  /** Images of whole effective batches, as the trainer counts them. */
  private double imagesOfEpoch() {
    int batches = trainImages / recipe.batch().size();
    int steps = Math.max(1, batches / recipe.batch().accumulation());
    return (double) steps * recipe.batch().effectiveSize();
  }
}
