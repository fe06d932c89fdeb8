package io.deepincubation.core.advice;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.UsageException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Values of a recipe's keys that a user gave or that were chosen; a given one stays. */
final class Choices {

  private static final String GIVEN = "given";

  /**
   * A key's value.
   *
   * @param value in YAML
   * @param why it is so; empty where nothing is to be said
   */
  record Choice(String value, String why) {}

  private final Map<String, Choice> byKey = new LinkedHashMap<>();
  private final Set<String> given;

  /**
   * Begins with what a user gave.
   *
   * @param settings {@code key.path=value}; the last of a key counts
   */
  Choices(List<String> settings) {
    for (String setting : settings) {
      int sign = setting.indexOf('=');
      if (sign < 1) {
        throw new UsageException(
            "Cannot set " + setting + ": expected KEY=VALUE, such as batch.size=64");
      }
      byKey.put(
          setting.substring(0, sign).strip(),
          new Choice(setting.substring(sign + 1).strip(), GIVEN));
    }
    given = Set.copyOf(byKey.keySet());
  }

  /** These, to be changed apart. */
  Choices copy() {
    var copy = new Choices(settings(given));
    copy.byKey.putAll(byKey);
    return copy;
  }

  /** Whether a user gave a key's value. */
  boolean isGiven(String key) {
    return given.contains(key);
  }

  /**
   * A whole number that a user gave; empty where none did, or it is none, which is told of when all
   * values are checked.
   */
  OptionalInt givenNumber(String key) {
    return isGiven(key) ? number(key) : OptionalInt.empty();
  }

  /** A key's value so far, if it is a whole number of nine digits at most. */
  OptionalInt number(String key) {
    String text = text(key).orElse("");
    return text.matches("[0-9]{1,9}")
        ? OptionalInt.of(Integer.parseInt(text))
        : OptionalInt.empty();
  }

  /** A key's value so far. */
  Optional<String> text(String key) {
    return Optional.ofNullable(byKey.get(key)).map(Choice::value);
  }

  /** A key's value and the reason so far. */
  Optional<Choice> of(String key) {
    return Optional.ofNullable(byKey.get(key));
  }

  /** Chooses a value, unless a user gave one. */
  void choose(String key, Object value, String why) {
    if (!isGiven(key)) {
      byKey.put(key, new Choice(value.toString(), why));
    }
  }

  /** A recipe with these values, checked. */
  Recipe on(Recipe base) {
    return RecipeYaml.override(base, settings(byKey.keySet()));
  }

  private List<String> settings(Set<String> keys) {
    return keys.stream().map(key -> key + "=" + text(key).orElse("")).toList();
  }

  /** All keys that have a value. */
  Set<String> keys() {
    return Set.copyOf(byKey.keySet());
  }
}
