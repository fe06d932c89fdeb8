package io.deepincubation.core.training;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RoundsRecipe;
import io.deepincubation.core.recipe.StageRecipe;

/**
 * The rounds of a stage of several workers. They follow from the recipe and the number of images
 * alone.
 *
 * <p>The rule by the learning rate is that of Gu et al. (2024), in units of the peak: the workers
 * may be apart the longer the smaller their steps are.
 */
public final class StageRounds {

  /** The part of a stage, its beginning, in which workers meet often. */
  private static final double BEGINNING = 0.05;

  private static final int STEPS_OF_BEGINNING = 16;
  private static final int FEWEST_STEPS = 64;
  private static final double FACTOR = 8;

  private final StageSteps steps;
  private final RoundsRecipe recipe;

  StageRounds(StageSteps steps, RoundsRecipe recipe) {
    this.steps = steps;
    this.recipe = recipe;
  }

  /**
   * The rounds of a recipe's stage.
   *
   * @param trainImages images that training sees
   */
  public static StageRounds of(Recipe recipe, StageRecipe stage, int trainImages) {
    int batches = trainImages / recipe.batch().size();
    return new StageRounds(StageSteps.of(recipe, stage, batches), recipe.rounds());
  }

  /** Optimizer steps of the whole stage. */
  public long steps() {
    return steps.all();
  }

  /**
   * Where a round ends.
   *
   * @param first optimizer steps that were done before it, fewer than {@link #steps}
   * @return optimizer steps that are done after it
   */
  public long end(long first) {
    double left = (double) (steps.all() - first);
    return first + (long) Math.min(left, length(first));
  }

  /** In floating point: a rate near 0 asks for more steps than there are. */
  private double length(long first) {
    if (recipe.steps() > 0) {
      return recipe.steps();
    }
    if (first < BEGINNING * steps.all()) {
      return STEPS_OF_BEGINNING;
    }
    double share = FACTOR / steps.shareOfPeak(first);
    return Math.max(FEWEST_STEPS, Math.floor(share * share));
  }

  /** How many rounds there are. */
  public int count() {
    return countFrom(0);
  }

  /**
   * How many rounds are left.
   *
   * @param first optimizer steps that are done
   */
  public int countFrom(long first) {
    int count = 0;
    for (long step = first; step < steps.all(); step = end(step)) {
      count++;
    }
    return count;
  }
}
