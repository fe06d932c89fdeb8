package io.deepincubation.core.method;

import io.deepincubation.core.recipe.Recipe;
import java.util.List;

/** End-to-end training of the target model from fresh weights: the baseline of Tab. 1 and 2. */
public final class EndToEnd implements Method {

  /** Its name. */
  public static final String NAME = "e2e";

  /** Its one stage; local training of the same target begins and draws as it does. */
  static final String STAGE = Stages.baseline(NAME);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String title() {
    return "End-to-end";
  }

  @Override
  public List<Stage> stages(Recipe recipe) {
    return List.of(
        Stage.of(STAGE, recipe, recipe.targetDivision()).by("end-to-end", recipe.endToEnd()));
  }
}
