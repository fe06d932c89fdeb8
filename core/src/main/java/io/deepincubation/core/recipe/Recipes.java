package io.deepincubation.core.recipe;

import io.deepincubation.core.api.Stable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** The recipes that the library brings, and those of files. */
@Stable
public final class Recipes {

  private static final List<String> NAMES =
      List.of(
          "quickstart",
          "cifar100-small",
          "text-small",
          "deit-tiny-32-cifar100",
          "deit-tiny-128-cifar100",
          "deit-tiny-256-cifar100",
          "resnet-110-cifar100",
          "vit-b-imagenet",
          "vit-b-384-imagenet",
          "vit-b-dn-imagenet",
          "vit-l-imagenet",
          "vit-l-384-imagenet",
          "vit-h-imagenet",
          "vit-h-392-imagenet",
          "facade-segmentation",
          "facade-detection",
          "upernet-vit-l-ade20k",
          "mask-rcnn-vit-l-coco-1x",
          "mask-rcnn-vit-l-coco-3x");

  /** What a user may ask for. */
  static final String FILE_OR_NAME = "a file or a recipe's name";

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
   * @param fileOrName one of {@link #names}, else a YAML file
   * @param overrides {@code key.path=value}
   * @throws RecipeException with every problem
   */
  public static Recipe resolve(String fileOrName, List<String> overrides) {
    return RecipeYaml.parse(RecipeText.named(fileOrName), overrides);
  }

  /** Says that there is no such recipe. */
  static RecipeException unknown(String name, String expected) {
    return unknown(name, name, expected);
  }

  /** Says that there is no such recipe, whatever else is to be said of it. */
  static RecipeException unknown(String described, String name, String expected) {
    String nearest =
        Names.nearest(name, NAMES).map(known -> "; did you mean " + known + "?").orElse("");
    return new RecipeException(
        String.format(
            Locale.ROOT,
            "Cannot find recipe %s: expected %s (%s)%s",
            described,
            expected,
            String.join(", ", NAMES),
            nearest));
  }
}
