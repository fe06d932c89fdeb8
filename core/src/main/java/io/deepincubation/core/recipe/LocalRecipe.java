package io.deepincubation.core.recipe;

import io.deepincubation.core.recipe.Rules.FirstAndLast;
import java.io.Serializable;
import java.util.List;

/**
 * Weights of the local losses of InfoPro (Wang et al., 2021), of the first and of the last local
 * module; those between are interpolated linearly.
 *
 * @param lambda1 weight of the image reconstruction; two numbers of at least 0
 * @param lambda2 weight of the task's loss; two numbers of at least 0
 */
public record LocalRecipe(@FirstAndLast List<Double> lambda1, @FirstAndLast List<Double> lambda2)
    implements Serializable {

  /** Copies. */
  public LocalRecipe {
    lambda1 = List.copyOf(lambda1);
    lambda2 = List.copyOf(lambda2);
  }
}
