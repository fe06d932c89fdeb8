package io.deepincubation.core.method;

import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.storage.Storage;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a run's networks begin with, where they do not begin as another stage left them. */
public interface StartingWeights {

  /**
   * A module's first weights, the same each time.
   *
   * @param division the network
   * @param moduleIndex the module
   * @param seed the recipe's
   * @param purpose what the network is for: where weights are random, networks of different purpose
   *     begin differently
   * @return tensors in the order of the architecture's parameters
   */
  Weights of(ModularDivision division, int moduleIndex, long seed, String purpose);

  /** Digest of the other model that networks begin with; empty where they begin at random. */
  default Optional<String> digest() {
    return Optional.empty();
  }

  /**
   * Those that a recipe asks for: random ones, or those of another model.
   *
   * @param recipe perhaps with the other model's folder
   * @param architecture of the networks
   * @param digest of the other model's weights when the run began, which those that are read must
   *     have; null where nothing is known of them
   * @param folders opens a folder by its URI
   */
  static StartingWeights of(
      Recipe recipe,
      Architecture architecture,
      @Nullable String digest,
      Function<String, Storage> folders) {
    StartingWeights random = random(architecture);
    return recipe.initialWeights().isEmpty()
        ? random
        : new PretrainedWeights(
            architecture,
            recipe.targetDivision(),
            folders.apply(recipe.initialWeights()),
            digest,
            random);
  }

  /** Random ones. */
  static StartingWeights random(Architecture architecture) {
    return architecture::initialWeights;
  }
}
