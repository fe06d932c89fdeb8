package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.pixels.UnfitDataException;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.LongStream;

/** The classes that a column of labels tells. */
final class ClassNames {

  private static final int MOST_CLASSES = 1_000_000;
  private static final int TOLD = 5;

  private ClassNames() {}

  /** Texts in their alphabetical order. */
  static List<String> ofTexts(Collection<String> labels) {
    return List.copyOf(new TreeSet<>(labels));
  }

  /** Numbers in their order, each a name. */
  static List<String> ofValues(Collection<String> labels) {
    return labels.stream().sorted(Comparator.comparing(ClassNames::value)).toList();
  }

  private static BigDecimal value(String label) {
    try {
      return new BigDecimal(label);
    } catch (NumberFormatException e) {
      return BigDecimal.valueOf(Long.MAX_VALUE); // infinity
    }
  }

  /**
   * All numbers from 0 to the highest.
   *
   * @param column that holds them, for messages
   * @param labels that there are; those below 0 are none
   * @param mode whether numbers may be left out
   * @throws UnfitDataException if a label is no whole number, or numbers are left out
   */
  static List<String> ofNumbers(String column, Collection<String> labels, Labels mode) {
    NavigableSet<BigDecimal> numbers = new TreeSet<>();
    for (String label : labels) {
      requireWhole(column, label);
      numbers.add(new BigDecimal(label));
    }
    numbers.removeIf(number -> number.signum() < 0);
    if (numbers.isEmpty()) {
      return List.of();
    }
    BigDecimal classes = numbers.last().add(BigDecimal.ONE);
    if (mode == Labels.AUTO && classes.compareTo(BigDecimal.valueOf(numbers.size())) > 0) {
      throw gaps(column, numbers);
    }
    if (classes.compareTo(BigDecimal.valueOf(MOST_CLASSES)) > 0) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot use labels up to %s: expected class numbers from 0, below %d; give --labels"
                  + " names to have the classes numbered",
              numbers.last(),
              MOST_CLASSES));
    }
    return LongStream.range(0, classes.longValueExact()).mapToObj(Long::toString).toList();
  }

  private static void requireWhole(String column, String label) {
    if (!label.matches("-?\\d+")) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot use column %s as class numbers: expected whole numbers, got %s; give"
                  + " --labels names to have a class of each value",
              column,
              label));
    }
  }

  private static UnfitDataException gaps(String column, NavigableSet<BigDecimal> numbers) {
    List<String> absent =
        LongStream.iterate(0, number -> number + 1)
            .mapToObj(BigDecimal::valueOf)
            .filter(number -> !numbers.contains(number))
            .limit(TOLD)
            .filter(number -> number.compareTo(numbers.last()) < 0)
            .map(BigDecimal::toString)
            .toList();
    return new UnfitDataException(
        String.format(
            Locale.ROOT,
            "Cannot use column %s as class numbers: expected each number from 0 to %s, got %d of"
                + " them and no image of %s%s; give --labels names to have a class of each value,"
                + " or --labels numbers to have classes without images",
            column,
            numbers.last(),
            numbers.size(),
            String.join(", ", absent),
            absent.size() == TOLD ? " and perhaps others" : ""));
  }
}
