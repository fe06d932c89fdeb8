package com.example;

import io.deepincubation.core.method.EndToEnd;
import io.deepincubation.core.method.Method;
import io.deepincubation.core.method.Stage;
import io.deepincubation.core.method.Start;
import io.deepincubation.core.network.ModuleGrowth;
import io.deepincubation.core.recipe.Recipe;
import java.util.List;

/** A method of somebody else's: end-to-end training of a target that is grown of the meta model. */
public final class GrownEndToEnd implements Method {

  /** The one stage of its own. */
  static final String STAGE = "baselines/grown-e2e";

  @Override
  public String name() {
    return "grown-e2e";
  }

  @Override
  public List<Stage> stages(Recipe recipe) {
    Stage meta = Stage.of("meta", recipe, recipe.metaDivision()).by("meta", recipe.meta());
    Stage.Builder target = Stage.of(STAGE, recipe, recipe.targetDivision()).from(meta);
    for (int i = 0; i < recipe.division().modules(); i++) {
      target.begin(i, new Start.Grown("meta", meta.network(), ModuleGrowth.GROWN, STAGE));
    }
    return List.of(meta, target.by("end-to-end", EndToEnd.schedule(recipe)));
  }
}
