package io.deepincubation.core.inference;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.deepincubation.core.data.pixels.UnfitDataException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** Values of a {@code config.json} by their keys; null says as little as none. */
final class Keys {

  private Keys() {}

  static Optional<JsonElement> value(JsonObject group, String key) {
    return Optional.ofNullable(group.get(key)).filter(found -> !found.isJsonNull());
  }

  /** A group; an empty one where there is none. */
  static JsonObject group(JsonObject config, String key) {
    return value(config, key)
        .map(found -> of(key, "an object", found, JsonElement::isJsonObject).getAsJsonObject())
        .orElseGet(JsonObject::new);
  }

  static Optional<JsonArray> list(JsonObject group, String key) {
    return value(group, key)
        .map(found -> of(key, "a list", found, JsonElement::isJsonArray).getAsJsonArray());
  }

  static Optional<Integer> number(JsonObject group, String key) {
    return value(group, key).map(JsonElement::getAsInt);
  }

  static List<Double> numbers(JsonObject group, String key, List<Double> fallback) {
    return list(group, key)
        .map(found -> found.asList().stream().map(JsonElement::getAsDouble).toList())
        .orElse(fallback);
  }

  /**
   * A value that has to be there.
   *
   * @param place what the key's name begins with in messages, such as {@code head.}
   * @throws UnfitDataException if it is missing
   */
  static JsonElement required(JsonObject group, String place, String key) {
    return value(group, key)
        .orElseThrow(() -> new UnfitDataException("expected " + place + key + ", got none"));
  }

  /** A whole number that has to be there. */
  static int requiredNumber(JsonObject group, String place, String key) {
    return required(group, place, key).getAsInt();
  }

  /** A choice that has to be there, in lower case. */
  static <E extends Enum<E>> E requiredChoice(
      JsonObject group, String place, String key, Class<E> type) {
    String told = required(group, place, key).getAsString();
    return Arrays.stream(type.getEnumConstants())
        .filter(choice -> choice.name().toLowerCase(Locale.ROOT).equals(told))
        .findFirst()
        .orElseThrow(
            () ->
                new UnfitDataException(
                    String.format(
                        Locale.ROOT,
                        "expected %s%s of %s, got %s",
                        place,
                        key,
                        Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT),
                        told)));
  }

  private static JsonElement of(
      String key, String kind, JsonElement found, Predicate<JsonElement> fits) {
    if (!fits.test(found)) {
      throw new UnfitDataException("expected " + key + " as " + kind + ", got " + found);
    }
    return found;
  }
}
