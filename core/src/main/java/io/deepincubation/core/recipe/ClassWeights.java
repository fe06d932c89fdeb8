package io.deepincubation.core.recipe;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What each class's share of the loss is multiplied by: nothing, what makes up for the images that
 * there are of each class, or numbers.
 */
public final class ClassWeights implements Serializable {

  private static final long serialVersionUID = 1;

  /** All classes count alike. */
  public static final ClassWeights NONE = new ClassWeights("none", List.of(), Map.of());

  /** A class counts as much as others have more images. */
  public static final ClassWeights BALANCED = new ClassWeights("balanced", List.of(), Map.of());

  /** What files say where they name no numbers. */
  static final List<ClassWeights> WORDS = List.of(NONE, BALANCED);

  private final @Nullable String word;
  private final List<Double> list;
  private final Map<String, Double> byName;

  private ClassWeights(@Nullable String word, List<Double> list, Map<String, Double> byName) {
    this.word = word;
    this.list = List.copyOf(list);
    this.byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
  }

  /** A weight for each class, by its number. */
  public static ClassWeights of(List<Double> weights) {
    return new ClassWeights(null, weights, Map.of());
  }

  /** Weights of some classes by name; the others have 1. */
  public static ClassWeights of(Map<String, Double> weights) {
    return new ClassWeights(null, List.of(), weights);
  }

  /** Whether all classes count alike. */
  public boolean isNone() {
    return equals(NONE);
  }

  /** What a file says: a word, a list or numbers by name. */
  Object plain() {
    if (word != null) {
      return word;
    }
    return list.isEmpty() ? byName : list;
  }

  /** Whether all numbers are finite and at least 0. */
  boolean areWeights() {
    return list.stream().allMatch(weight -> weight >= 0)
        && byName.values().stream().allMatch(weight -> weight >= 0);
  }

  /**
   * The weight of each class.
   *
   * @param classNames by class number
   * @param balanced what {@link #BALANCED} comes to
   * @throws RecipeException if a number is missing, or of a class that there is not
   */
  public List<Double> of(List<String> classNames, List<Double> balanced) {
    if (word != null) {
      return isNone() ? Collections.nCopies(classNames.size(), 1.0) : balanced;
    }
    if (!list.isEmpty()) {
      require(list.size() == classNames.size(), "a weight for each of " + classNames.size());
      return list;
    }
    byName
        .keySet()
        .forEach(
            name ->
                require(
                    classNames.contains(name),
                    "names of the data's classes, not " + name + ", among"));
    return classNames.stream().map(name -> byName.getOrDefault(name, 1.0)).toList();
  }

  private void require(boolean fits, String expected) {
    if (!fits) {
      throw new RecipeException(
          String.format(
              Locale.ROOT,
              "Cannot weigh the classes by loss.class-weights: expected %s classes, got %s",
              expected,
              this));
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ClassWeights weights
        && Objects.equals(word, weights.word)
        && list.equals(weights.list)
        && byName.equals(weights.byName);
  }

  @Override
  public int hashCode() {
    return Objects.hash(word, list, byName);
  }

  @Override
  public String toString() {
    return plain().toString();
  }
}
