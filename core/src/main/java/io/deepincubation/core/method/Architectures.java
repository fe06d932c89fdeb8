package io.deepincubation.core.method;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.NetworkFamilies;
import io.deepincubation.core.recipe.ModelRecipe;
import java.util.Locale;

/** The architecture that a recipe asks for. */
public final class Architectures {

  private Architectures() {}

  /**
   * Fits a recipe's model to the data.
   *
   * @param model the recipe's model
   * @param classes of the data
   * @throws UnfitDataException if the recipe states another number of classes
   */
  public static Architecture of(ModelRecipe model, int classes) {
    if (model.classes() != 0 && model.classes() != classes) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot train on this data: the recipe expects %d classes, the data has %d; set"
                  + " model.classes=%d, or 0 to take it from the data",
              model.classes(),
              classes,
              classes));
    }
    return NetworkFamilies.find(model.family())
        .orElseThrow(() -> unknown(model.family()))
        .architecture(model.size(classes));
  }

  /** A recipe is checked where it is read: here the class path lacks what it had there. */
  private static UnfitDataException unknown(String family) {
    return new UnfitDataException("Cannot make a network: " + NetworkFamilies.missing(family));
  }
}
