package io.deepincubation.spark.prepare;

import java.util.Collection;
import java.util.stream.Collectors;

/** Lists in messages. */
final class Told {

  private Told() {}

  /** The first of some names, and how many more there are. */
  static String some(Collection<String> names, int most) {
    String first = names.stream().limit(most).collect(Collectors.joining(", "));
    return names.size() <= most ? first : first + " and " + (names.size() - most) + " more";
  }
}
