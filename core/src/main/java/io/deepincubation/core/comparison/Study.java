package io.deepincubation.core.comparison;

import io.deepincubation.core.recipe.UsageException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is compared, at any recipe.
 *
 * @param title in words
 * @param figure the paper's table or figure that it redraws; empty for none
 * @param variants the ways to train, in their order
 * @param axis the key that orders them; empty for none
 * @param seeds trainings of each, from the recipe's seed on
 * @param budget what each training may cost
 * @param solve the schedule whose epochs are solved for; empty for each method's own
 * @param pairs which differences are claims
 */
public record Study(
    String title,
    String figure,
    List<Variant> variants,
    String axis,
    int seeds,
    Budget budget,
    String solve,
    Pairs pairs) {

  /** Seeds where nobody says otherwise: for differences of two points or more. */
  static final int FEW_SEEDS = 3;

  /** What each training may cost. */
  public enum Budget {
    /** What all of Deep Incubation costs by the comparison's recipe. */
    RECIPE,
    /** What all of Deep Incubation costs by the recipe with the variant's values. */
    VALUES,
    /** Whatever it costs by the recipe's epochs. */
    AS_IS
  }

  /** Which differences are claims. */
  public enum Pairs {
    /** Of methods, at equal values; of all variants where there is one method. */
    METHODS,
    /** Of all variants. */
    ALL,
    /** Of the first variant, the control, and each other. */
    FIRST
  }

  /** Checks and copies. */
  public Study {
    variants = List.copyOf(variants);
    if (variants.isEmpty()) {
      throw new UsageException("Cannot compare: expected a method at least, got none");
    }
    if (seeds < 1) {
      throw new UsageException("Cannot compare: expected 1 seed or more, got " + seeds);
    }
  }

  /**
   * Methods to compare at equal cost.
   *
   * @param methods their names
   */
  public static Study of(List<String> methods) {
    List<Variant> variants =
        methods.stream().map(method -> new Variant("", method, Map.of())).toList();
    return new Study(
        "Comparison of " + String.join(", ", methods),
        "",
        variants,
        "",
        FEW_SEEDS,
        Budget.RECIPE,
        "",
        Pairs.METHODS);
  }

  private static List<Map<String, String>> combinations(Map<String, List<String>> vary) {
    List<Map<String, String>> combinations = List.of(Map.of());
    for (Map.Entry<String, List<String>> key : vary.entrySet()) {
      var longer = new ArrayList<Map<String, String>>();
      for (Map<String, String> shorter : combinations) {
        for (String value : key.getValue()) {
          var values = new LinkedHashMap<>(shorter);
          values.put(key.getKey(), value);
          longer.add(Collections.unmodifiableMap(values));
        }
      }
      combinations = longer;
    }
    return combinations;
  }

  /**
   * The same with all combinations of more values.
   *
   * @param vary values by key; where there is one key and no axis yet, it is the axis
   */
  public Study varied(Map<String, List<String>> vary) {
    List<Map<String, String>> combinations = combinations(vary);
    List<Variant> varied =
        variants.stream().flatMap(variant -> combinations.stream().map(variant::with)).toList();
    String ordered = axis.isEmpty() && vary.size() == 1 ? vary.keySet().iterator().next() : axis;
    return new Study(title, figure, varied, ordered, seeds, budget, solve, pairs);
  }

  /** The same with another number of seeds. */
  public Study seeds(int other) {
    return new Study(title, figure, variants, axis, other, budget, solve, pairs);
  }

  /** The same with another budget. */
  public Study budget(Budget other) {
    return new Study(title, figure, variants, axis, seeds, other, solve, pairs);
  }
}
