package io.deepincubation.core.method;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.recipe.Recipe;
import java.util.List;

/**
 * One way to train the target model, as the stages that it takes.
 *
 * <p>The library finds methods of others by {@link java.util.ServiceLoader}: name the class, which
 * needs a public constructor without arguments, in {@code
 * META-INF/services/io.deepincubation.core.method.Method}.
 */
@Evolving
public interface Method {

  /** Its name on the command line, in kebab case. */
  String name();

  /** Its name for people, such as {@code End to end}. */
  default String title() {
    return name();
  }

  /**
   * The stages that a recipe's training takes, each after those that it needs; the last one is the
   * trained target model.
   *
   * <p>A pure function: tasks, resumed runs and other runs of equal recipes find the same stages.
   */
  List<Stage> stages(Recipe recipe);
}
