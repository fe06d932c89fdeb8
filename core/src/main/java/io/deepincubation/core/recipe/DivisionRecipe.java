package io.deepincubation.core.recipe;

import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.recipe.Rules.AtLeast;
import io.deepincubation.core.recipe.Rules.Depths;
import java.io.Serializable;
import java.util.Collections;
import java.util.List;

/**
 * The division into K modules.
 *
 * @param modules K
 * @param depths layers of each target module; empty for an even division
 * @param metaDepths layers of each meta module; empty for one each
 */
public record DivisionRecipe(
    @AtLeast(1) int modules, @Depths List<Integer> depths, @Depths List<Integer> metaDepths)
    implements Serializable {

  /** Copies. */
  public DivisionRecipe {
    depths = List.copyOf(depths);
    metaDepths = List.copyOf(metaDepths);
  }

  /** The target model's division of so many layers. */
  ModularDivision target(int depth) {
    return depths.isEmpty() ? ModularDivision.even(depth, modules) : new ModularDivision(depths);
  }

  /** The meta model's division. */
  ModularDivision meta() {
    return new ModularDivision(metaDepths.isEmpty() ? Collections.nCopies(modules, 1) : metaDepths);
  }
}
