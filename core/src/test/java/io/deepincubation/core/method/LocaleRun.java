package io.deepincubation.core.method;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.testing.TinyRuns;
import java.nio.file.Path;

/** A process that runs the whole method and tells the SHA-256 of its model. */
final class LocaleRun {

  private LocaleRun() {}

  /**
   * Runs.
   *
   * @param args the run's folder
   */
  public static void main(String[] args) {
    System.out.println(model(Path.of(args[0])));
    Runtime.getRuntime().halt(0);
  }

  /** The digest of the model of a run in a folder. */
  static String model(Path folder) {
    Recipe recipe = TinyRuns.recipe(1);
    return TinyRuns.incubate(TinyRuns.context(folder, recipe), recipe, 1).model().sha256();
  }
}
