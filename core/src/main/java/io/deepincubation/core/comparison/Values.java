package io.deepincubation.core.comparison;

import io.deepincubation.core.method.EqualCost;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.UsageException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The values that a comparison varies. A key is a recipe's, such as {@code model.depth}; its value
 * is YAML as in {@code --set}, or one of
 *
 * <ul>
 *   <li>{@code x0.5}: so many times the recipe's number, a depth as a multiple of the modules;
 *   <li>{@code each 2}: a list of that number for each module, for {@code division.meta-depths}.
 * </ul>
 *
 * <p>Beside the recipe's there are the keys {@value #ALL_EPOCHS}, whose value {@code x0.5} scales
 * the epochs and warm-ups of all stages; {@value #SHARE}, the share of the budget, above 0 and up
 * to 1, that meta pre-training and incubation take, fine-tuning the rest; and {@value #DATA},
 * another prepared set of the same test images, trained for as many steps.
 */
final class Values {

  static final String ALL_EPOCHS = "*.epochs";
  static final String SHARE = "incubation-share";
  static final String DATA = "data";

  private static final Pattern TIMES = Pattern.compile("x(\\d+(?:\\.\\d+)?)");
  private static final Pattern EACH = Pattern.compile("each (\\d+)");
  private static final String DEPTH = "model.depth";

  private Values() {}

  /** The recipe with a variant's values, all but those that depend on a budget or on images. */
  static Recipe applied(Recipe recipe, Map<String, String> values) {
    Recipe applied = recipe;
    // The division before the depth that is a multiple of it.
    for (String key : values.keySet().stream().sorted().toList()) {
      applied = applied(applied, key, values.getOrDefault(key, ""));
    }
    return applied;
  }

  private static Recipe applied(Recipe recipe, String key, String text) {
    if (key.equals(SHARE) || key.equals(DATA)) {
      return recipe;
    }
    if (key.equals(ALL_EPOCHS)) {
      return EqualCost.scaledBy(recipe, factor(key, text));
    }
    return RecipeYaml.override(recipe, List.of(key + "=" + value(recipe, key, text)));
  }

  private static String value(Recipe recipe, String key, String text) {
    Matcher each = EACH.matcher(text);
    if (each.matches()) {
      return Collections.nCopies(recipe.division().modules(), each.group(1)).toString();
    }
    return TIMES.matcher(text).matches() ? times(recipe, key, factor(key, text)) : text;
  }

  private static String times(Recipe recipe, String key, double factor) {
    Object now = leaf(RecipeYaml.tree(recipe), key);
    if (!(now instanceof Number number)) {
      throw new UsageException(
          String.format(
              "Cannot vary %s by a factor: expected the key of a number, got %s", key, now));
    }
    double product = number.doubleValue() * factor;
    if (!(now instanceof Integer) && !(now instanceof Long)) {
      return Double.toString(product);
    }
    int unit = key.equals(DEPTH) ? recipe.division().modules() : 1;
    return Long.toString(Math.max(1, Math.round(product / unit)) * unit);
  }

  private static @Nullable Object leaf(Map<?, ?> tree, String key) {
    Object whole = tree.get(key);
    int dot = key.indexOf('.');
    return whole == null && dot > 0 && tree.get(key.substring(0, dot)) instanceof Map<?, ?> inner
        ? leaf(inner, key.substring(dot + 1))
        : whole;
  }

  private static double factor(String key, String text) {
    Matcher times = TIMES.matcher(text);
    if (!times.matches() || Double.parseDouble(times.group(1)) == 0) {
      throw new UsageException(
          "Cannot vary " + key + ": expected a factor such as x0.5, got " + text);
    }
    return Double.parseDouble(times.group(1));
  }

  /** The share that a value of {@value #SHARE} tells. */
  static double share(String text) {
    double share;
    try {
      share = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      share = -1;
    }
    if (!(share > 0 && share <= 1)) {
      throw new UsageException(
          "Cannot vary " + SHARE + ": expected a share above 0 and up to 1, got " + text);
    }
    return share;
  }

  /**
   * A variant's place on an axis as a number.
   *
   * @param recipe with the variant's values
   * @param key the axis
   * @param text the variant's value of it
   * @return null where it is no number
   */
  static @Nullable Double number(Recipe recipe, String key, String text) {
    if (key.equals(ALL_EPOCHS)) {
      return factor(key, text);
    }
    if (key.equals(SHARE)) {
      return share(text);
    }
    Object value = leaf(RecipeYaml.tree(recipe), key);
    if (value instanceof List<?> list && EACH.matcher(text).matches()) {
      return list.stream().mapToDouble(item -> ((Number) item).doubleValue()).sum();
    }
    return value instanceof Number number ? number.doubleValue() : null;
  }
}
