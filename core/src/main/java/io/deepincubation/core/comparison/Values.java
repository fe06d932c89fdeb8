package io.deepincubation.core.comparison;

import io.deepincubation.core.method.EqualCost;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.UsageException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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

  static final String ALL_EPOCHS = Comparison.ALL_EPOCHS;
  static final String SHARE = "incubation-share";
  static final String DATA = "data";

  private static final Set<String> OWN = Set.of(ALL_EPOCHS, SHARE, DATA);

  private static final Pattern TIMES = Pattern.compile("x(\\d+(?:\\.\\d+)?)");
  private static final Pattern EACH = Pattern.compile("each (\\d+)");
  private static final Pattern WHOLE = Pattern.compile("[1-9]\\d{0,3}");
  private static final String DEPTH = "model.depth";
  private static final String MODULES = "division.modules";

  private Values() {}

  /**
   * The recipe with a variant's values, all but those that depend on a budget or on images. They
   * are set at once, since one may fit the recipe only with another.
   */
  static Recipe applied(Recipe recipe, Map<String, String> values) {
    String factor = values.get(ALL_EPOCHS);
    Recipe scaled =
        factor == null ? recipe : EqualCost.scaledBy(recipe, factor(ALL_EPOCHS, factor));
    int modules = modules(scaled, values);
    List<String> overrides =
        values.entrySet().stream()
            .filter(value -> !OWN.contains(value.getKey()))
            .map(value -> override(scaled, modules, value.getKey(), value.getValue()))
            .toList();
    return RecipeYaml.override(scaled, overrides);
  }

  /** K of the variant; the recipe's where the variant's is no number, which the recipe tells. */
  private static int modules(Recipe recipe, Map<String, String> values) {
    int now = recipe.division().modules();
    String other = values.getOrDefault(MODULES, Integer.toString(now));
    String text = TIMES.matcher(other).matches() ? times(recipe, now, MODULES, other) : other;
    return WHOLE.matcher(text).matches() ? Integer.parseInt(text) : now;
  }

  private static String override(Recipe recipe, int modules, String key, String text) {
    Matcher each = EACH.matcher(text);
    String value =
        each.matches()
            ? Collections.nCopies(modules, each.group(1)).toString()
            : TIMES.matcher(text).matches() ? times(recipe, modules, key, text) : text;
    return key + "=" + value;
  }

  private static String times(Recipe recipe, int modules, String key, String text) {
    double factor = factor(key, text);
    Object now = leaf(RecipeYaml.tree(recipe), key);
    if (!(now instanceof Number number)) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot vary %s by a factor: expected the key of a number, got %s",
              key,
              now));
    }
    double product = number.doubleValue() * factor;
    if (!(now instanceof Integer) && !(now instanceof Long)) {
      return Double.toString(product);
    }
    int unit = key.equals(DEPTH) ? modules : 1;
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
