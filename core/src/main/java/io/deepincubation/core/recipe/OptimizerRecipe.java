package io.deepincubation.core.recipe;

import io.deepincubation.core.recipe.Rules.BelowOne;
import io.deepincubation.core.recipe.Rules.NotNegative;
import io.deepincubation.core.recipe.Rules.Positive;
import java.io.Serializable;

/**
 * The update rule.
 *
 * @param rule which one
 * @param rate learning rate for an effective batch of 512 images; scaled linearly with the batch
 * @param weightDecay decoupled decay (AdamW, LAMB) or L2 penalty (SGD), on weight matrices only
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the second moment; above 0, unused by SGD
 * @param momentum Nesterov momentum of SGD
 */
public record OptimizerRecipe(
    Rule rule,
    @Positive double rate,
    @NotNegative double weightDecay,
    @BelowOne double beta1,
    @BelowOne double beta2,
    double epsilon,
    @BelowOne double momentum)
    implements Serializable {

  /** The update rules. */
  public enum Rule {
    /** Adam with decoupled weight decay. */
    ADAMW,
    /** Stochastic gradient descent with Nesterov momentum. */
    SGD,
    /** Layer-wise adaptive moments for large batches. */
    LAMB
  }
}
