package io.deepincubation.core.recipe;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.recipe.Rules.AtLeast;
import io.deepincubation.core.recipe.Rules.BelowOne;
import io.deepincubation.core.recipe.Rules.NotNegative;
import io.deepincubation.core.recipe.Rules.Positive;
import io.deepincubation.core.recipe.Rules.UpTo;
import java.io.Serializable;

/**
 * Training of a trained network, the backbone, on a dense task: its schedule as in any {@link
 * StageRecipe}, and how fast its parts learn.
 *
 * @param task what is learnt
 * @param freezeBackbone whether the new parts alone are trained, on the backbone as it is
 * @param layerDecay what the rate of a layer is of that of the layer after it; 1 for the same
 * @param headRate multiplies the rate of the new parts
 * @param epochs passes over the training split
 * @param warmUpEpochs epochs of linear warm-up
 * @param stochasticDepth probability of dropping the last layer's branches; rises linearly from 0
 * @param clipNorm largest global gradient norm; 0 for no clipping
 * @param rateFactor multiplies the recipe's base rate in this stage
 * @param best whether the stage ends in the weights of its best measurement, and when it stops
 * @param workers logical workers that train the stage in rounds, each on its part of every batch; 1
 *     trains it in one process
 */
@Evolving
public record TransferRecipe(
    Task task,
    boolean freezeBackbone,
    @UpTo(most = 1, what = "a factor") double layerDecay,
    @Positive double headRate,
    @AtLeast(0) int epochs,
    @AtLeast(0) int warmUpEpochs,
    @BelowOne double stochasticDepth,
    @NotNegative double clipNorm,
    @Positive double rateFactor,
    BestRecipe best,
    @AtLeast(1) int workers)
    implements Serializable {

  /** Dense tasks. */
  public enum Task {
    /** None: networks classify whole images. */
    NONE,
    /** To tell the class of every pixel. */
    SEGMENTATION,
    /** To find objects, with their boxes and masks. */
    DETECTION
  }

  /** None; UperNet's 80,000 steps of 16 images on ADE20K, to the nearest epoch. */
  static final TransferRecipe NONE =
      new TransferRecipe(Task.NONE, false, 1, 1, 63, 1, 0.1, 0, 1, BestRecipe.NONE, 1);

  /** Whether there is a dense task. */
  public boolean isOn() {
    return task != Task.NONE;
  }

  /** The schedule. */
  public StageRecipe stage() {
    return new StageRecipe(
        epochs, warmUpEpochs, stochasticDepth, clipNorm, rateFactor, best, workers);
  }
}
