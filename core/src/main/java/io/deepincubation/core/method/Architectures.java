package io.deepincubation.core.method;

import io.deepincubation.core.data.augment.SceneAugmentation;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.DenseBackbone;
import io.deepincubation.core.network.DetectionNetwork;
import io.deepincubation.core.network.Interpolation.Grid;
import io.deepincubation.core.network.NetworkFamilies;
import io.deepincubation.core.network.SegmentationNetwork;
import io.deepincubation.core.network.VisionTransformer;
import io.deepincubation.core.recipe.DetectionRecipe;
import io.deepincubation.core.recipe.ModelRecipe;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.SegmentationRecipe;
import java.util.List;
import java.util.Locale;

/** The architecture that a recipe asks for. */
public final class Architectures {

  private Architectures() {}

  /**
   * Fits a recipe's network to the data: its model, or for a dense task neck and heads on it.
   *
   * @param recipe the network
   * @param classes of the data
   * @throws UnfitDataException if the recipe states another number of classes
   */
  public static Architecture of(Recipe recipe, int classes) {
    Architecture model = of(recipe.model(), classes);
    return switch (recipe.transfer().task()) {
      case NONE -> model;
      case SEGMENTATION -> segmentation(recipe, (VisionTransformer) model, classes);
      case DETECTION -> detection(recipe, (VisionTransformer) model, classes);
    };
  }

  private static Architecture segmentation(Recipe recipe, VisionTransformer model, int classes) {
    SegmentationRecipe wanted = recipe.segmentation();
    return new SegmentationNetwork(
        new DenseBackbone(model, taps(wanted.taps(), recipe), /* window= */ 0),
        classes,
        wanted.onBackbone(),
        recipe.scene().crop());
  }

  private static Architecture detection(Recipe recipe, VisionTransformer model, int classes) {
    DetectionRecipe wanted = recipe.detection();
    SceneAugmentation.Size usual = SceneAugmentation.usualSize(recipe.scene());
    return new DetectionNetwork(
        new DenseBackbone(model, taps(wanted.taps(), recipe), wanted.window()),
        classes,
        wanted.onBackbone(),
        SceneAugmentation.side(recipe.scene()),
        new Grid(usual.height(), usual.width()));
  }

  private static List<Integer> taps(List<Integer> wanted, Recipe recipe) {
    return wanted.isEmpty() ? DenseBackbone.quarters(recipe.model().depth()) : wanted;
  }

  /**
   * Fits a recipe's model to the data.
   *
   * @param model the recipe's model
   * @param classes of the data
   * @throws UnfitDataException if the recipe states another number of classes
   */
  static Architecture of(ModelRecipe model, int classes) {
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

  /** The same for as many classes as the recipe states, or one, where no data is known. */
  public static Architecture of(Recipe recipe) {
    return of(recipe, Math.max(1, recipe.model().classes()));
  }

  /** A recipe is checked where it is read: here the class path lacks what it had there. */
  private static UnfitDataException unknown(String family) {
    return new UnfitDataException("Cannot make a network: " + NetworkFamilies.missing(family));
  }
}
