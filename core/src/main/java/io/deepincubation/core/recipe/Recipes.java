package io.deepincubation.core.recipe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The recipes that the library brings, and those of files. */
public final class Recipes {

  private static final List<String> NAMES =
      List.of(
          "quickstart",
          "cifar100-small",
          "deit-tiny-32-cifar100",
          "deit-tiny-128-cifar100",
          "deit-tiny-256-cifar100",
          "resnet-110-cifar100",
          "vit-b-imagenet",
          "vit-b-dn-imagenet",
          "vit-l-imagenet",
          "vit-h-imagenet");

  private Recipes() {}

  /** The names of the recipes that the library brings. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * The values of keys that a recipe does not give: DeiT's. They never change, since the keys of
   * stages leave out what is equal to them.
   */
  public static Recipe defaults() {
    return DeitRecipe.BASE;
  }

  /**
   * A recipe that the library brings.
   *
   * @param name one of {@link #names}
   * @throws RecipeException if there is none of that name
   */
  public static Recipe named(String name) {
    return RecipeYaml.parse(text(name), name, List.of());
  }

  /**
   * The commented YAML of a recipe that the library brings.
   *
   * @param name one of {@link #names}
   * @throws RecipeException if there is none of that name
   */
  public static String text(String name) {
    if (!NAMES.contains(name)) {
      throw unknown(name, "a recipe's name");
    }
    try (InputStream stream = Recipes.class.getResourceAsStream("recipes/" + name + ".yaml")) {
      if (stream == null) {
        throw new IllegalStateException("Cannot find recipe " + name + " in the library's jar");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new RecipeException("Cannot read recipe " + name + " from the library's jar", e);
    }
  }

  /**
   * The recipe that a user asks for.
   *
   * @param fileOrName a YAML file, or one of {@link #names}
   * @param overrides {@code key.path=value}
   * @throws RecipeException with every problem
   */
  public static Recipe resolve(String fileOrName, List<String> overrides) {
    if (NAMES.contains(fileOrName)) {
      return RecipeYaml.parse(text(fileOrName), fileOrName, overrides);
    }
    Path file = existing(fileOrName);
    if (file == null) {
      throw unknown(fileOrName, "a file or a recipe's name");
    }
    try {
      return RecipeYaml.parse(Files.readString(file), fileOrName, overrides);
    } catch (IOException e) {
      throw new RecipeException(
          "Cannot read recipe " + fileOrName + ": expected a YAML file, got " + e.getMessage(), e);
    }
  }

  private static @Nullable Path existing(String file) {
    try {
      Path path = Path.of(file);
      return Files.isRegularFile(path) ? path : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static RecipeException unknown(String name, String expected) {
    String nearest =
        Names.nearest(name, NAMES).map(known -> "; did you mean " + known + "?").orElse("");
    return new RecipeException(
        String.format(
            "Cannot find recipe %s: expected %s (%s)%s",
            name, expected, String.join(", ", NAMES), nearest));
  }
}
