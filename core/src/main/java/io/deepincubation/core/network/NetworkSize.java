package io.deepincubation.core.network;

import io.deepincubation.core.api.Evolving;
import java.util.Locale;
import java.util.Map;

/**
 * What a recipe's group {@code model} says of a network, besides its depth; a family may use all of
 * it or nothing.
 *
 * @param image side of the square input in pixels, at least 1
 * @param patch side of a patch in pixels
 * @param width of the features, at least 1
 * @param heads of attention
 * @param classes number of classes, at least 1
 * @param options the family's own keys, {@code model.options}
 */
@Evolving
public record NetworkSize(
    int image, int patch, int width, int heads, int classes, Map<String, String> options) {

  /** Copies. */
  public NetworkSize {
    options = Map.copyOf(options);
  }

  /**
   * An option that is a whole number.
   *
   * @param key in {@code model.options}
   * @param otherwise its value where the recipe does not give it
   * @throws IllegalArgumentException if it is none
   */
  public int number(String key, int otherwise) {
    String text = options.get(key);
    if (text == null) {
      return otherwise;
    }
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "expected model.options.%s as a whole number, got %s", key, text),
          e);
    }
  }
}
