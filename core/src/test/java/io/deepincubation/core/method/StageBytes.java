package io.deepincubation.core.method;

import ai.djl.Device;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.testing.TinyRuns;
import java.nio.file.Path;
import java.util.List;

/**
 * A process that trains a tiny network by Deep Incubation and end to end, and tells each stage's
 * digest.
 */
final class StageBytes {

  private StageBytes() {}

  /**
   * Trains.
   *
   * @param args a fresh folder, {@code vit} or {@code resnet}, and the threads of a stage
   */
  public static void main(String[] args) {
    Recipe recipe = args[1].equals("vit") ? TinyRuns.recipe(2) : resnet();
    RunContext context = TinyRuns.context(Path.of(args[0]), recipe);
    var compute = new Compute(Device.cpu(), Arithmetic.FP32, Integer.parseInt(args[2]));
    for (Method method : List.of(new DeepIncubation(), new EndToEnd())) {
      for (StageResult result : TinyRuns.run(method, context, recipe, compute, 1).run().stages()) {
        System.out.println(result.stage() + " " + result.sha256());
      }
    }
    Runtime.getRuntime().halt(0);
  }

  /** A residual network of three groups of two blocks. */
  static Recipe resnet() {
    return RecipeYaml.override(
        TinyRuns.recipe(2),
        List.of(
            "model.family=resnet",
            "model.depth=6",
            "model.width=16",
            "division.modules=3",
            "optimizer.rule=sgd",
            "optimizer.rate=0.2",
            "optimizer.momentum=0.9"));
  }
}
