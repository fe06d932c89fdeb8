package io.deepincubation.core.method;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.ResidualNetwork;
import io.deepincubation.core.network.VisionTransformer;
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
    return switch (model.family()) {
      case VIT ->
          new VisionTransformer(
              model.image(),
              model.patch(),
              model.width(),
              model.heads(),
              classes,
              VisionTransformer.DEIT_EPSILON);
      case RESNET -> new ResidualNetwork(model.image(), model.width(), classes);
    };
  }
}
