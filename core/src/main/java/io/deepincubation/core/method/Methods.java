package io.deepincubation.core.method;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.UsageException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The methods that this library knows, and those that a program brings. */
public final class Methods {

  private static final List<Method> OWN =
      List.of(
          new DeepIncubation(),
          new Imitation(),
          new Dgl(),
          new InfoPro(),
          new EndToEnd(),
          new StagedEndToEnd());

  private static final Method TRANSFER = new Transfer();

  private Methods() {}

  /** All methods, the library's own first. */
  public static List<Method> all() {
    return Stream.concat(
            OWN.stream(),
            ServiceLoader.load(Method.class).stream().map(ServiceLoader.Provider::get))
        .toList();
  }

  /** The names of all methods. */
  public static List<String> names() {
    return all().stream().map(Method::name).toList();
  }

  /**
   * A method by its name.
   *
   * @throws UsageException if there is none of that name
   */
  public static Method named(String name) {
    return Stream.concat(all().stream(), Stream.of(TRANSFER))
        .filter(method -> method.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "Cannot train by method " + name + ": expected one of " + names()));
  }

  /** The methods to compare with: all but the paper's own. */
  public static List<String> rivals() {
    return names().stream().skip(1).toList();
  }

  /** The methods that train by a recipe: one of a dense task is for the transfer alone. */
  public static List<Method> of(Recipe recipe) {
    return recipe.transfer().isOn() ? List.of(TRANSFER) : all();
  }

  /** Every stage that any method knows for a recipe, each once, in the methods' order. */
  public static List<Stage> stages(Recipe recipe) {
    return List.copyOf(
        of(recipe).stream()
            .flatMap(method -> method.stages(recipe).stream())
            .collect(
                Collectors.toMap(
                    Stage::name, stage -> stage, (one, other) -> one, LinkedHashMap::new))
            .values());
  }

  /** A stage of any method by its name. */
  public static Optional<Stage> stage(Recipe recipe, String name) {
    return stages(recipe).stream().filter(stage -> stage.name().equals(name)).findFirst();
  }
}
