package io.deepincubation.spark.prepare;

import io.deepincubation.core.text.Quantities;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Files of a source that are not looked into.
 *
 * @param counts how many, by what they are, such as {@code .txt} or {@code hidden}
 * @param first the first of them, for people; empty where there is none
 */
public record LeftOut(Map<String, Long> counts, String first) {

  /** Nothing is left out. */
  public static final LeftOut NONE = new LeftOut(Map.of(), "");

  /** Copies. */
  public LeftOut {
    counts = Collections.unmodifiableMap(new TreeMap<>(counts));
  }

  /** These and one more. */
  static final class Counter {

    private final TreeMap<String, Long> counts = new TreeMap<>();
    private String first = "";

    void add(String kind, String file) {
      counts.merge(kind, 1L, Long::sum);
      if (first.isEmpty() || file.compareTo(first) < 0) {
        first = file;
      }
    }

    LeftOut sum() {
      return new LeftOut(counts, first);
    }
  }

  /** How many files. */
  public long count() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The counts in words: {@code 3 .txt, 1 hidden}. */
  public String inWords() {
    return counts.entrySet().stream()
        .map(entry -> Quantities.count(entry.getValue()) + " " + entry.getKey())
        .collect(Collectors.joining(", "));
  }

  /** A sentence for people. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s files are left out: %s; the first is %s",
        Quantities.count(count()),
        inWords(),
        first);
  }
}
