package io.deepincubation.core.recipe;

import java.lang.annotation.Annotation;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.Optional;
import java.util.function.DoublePredicate;
import java.util.stream.IntStream;

/** What a component of a recipe may be, whatever the others are; stands at the component. */
final class Rules {

  /** Maps that a dense task's network is made of. */
  private static final int TAPS = 4;

  /** Text that is not blank. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface Named {}

  /** A whole number of at least the value. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface AtLeast {
    int value();
  }

  /** A number of at least 0. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface NotNegative {}

  /** A number above 0. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface Positive {}

  /** Numbers of at least 0. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface NotNegativeEach {}

  /** A number from 0 to below 1. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface BelowOne {}

  /** A number from 0 to {@code most}, both allowed. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface UpTo {
    int most();

    /** What the number is, such as {@code a probability}. */
    String what();
  }

  /** Layers of modules, each at least 1. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface Depths {}

  /** Sides in pixels, each at least 1. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface Sides {}

  /** Two numbers of at least 0: of the first and of the last module. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface FirstAndLast {}

  /** Parts of a whole between 0 and 1, rising. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface SharesInOrder {}

  /** Layers from 1, rising; none, or four. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface Taps {}

  private Rules() {}

  /**
   * What a rule expects; empty if a value is so.
   *
   * @param rule one of the annotations above
   * @param value of a component of the type that the rule is for
   */
  static Optional<String> broken(Annotation rule, Object value) {
    if (rule instanceof Named) {
      return unless(!value.toString().isBlank(), "a name");
    }
    if (rule instanceof Depths) {
      return unless(each(value, depth -> depth >= 1), "at least 1 layer a module");
    }
    if (rule instanceof Sides) {
      return unless(each(value, side -> side >= 1), "sides of at least 1 pixel");
    }
    if (rule instanceof SharesInOrder) {
      return unless(
          each(value, share -> share > 0 && share < 1) && rises(value),
          "numbers between 0 and 1 that rise");
    }
    if (rule instanceof Taps) {
      int count = ((List<?>) value).size();
      return unless(
          (count == 0 || count == TAPS) && each(value, layer -> layer >= 1) && rises(value),
          "none or four layers from 1 that rise");
    }
    if (rule instanceof FirstAndLast) {
      return unless(
          ((List<?>) value).size() == 2 && each(value, number -> number >= 0),
          "two numbers of at least 0, of the first and of the last module");
    }
    if (rule instanceof NotNegativeEach) {
      return unless(((ClassWeights) value).areWeights(), "numbers of at least 0");
    }
    return outOfRange(rule, number(value));
  }

  private static Optional<String> outOfRange(Annotation rule, double number) {
    if (rule instanceof AtLeast least) {
      return unless(number >= least.value(), "a whole number of at least " + least.value());
    }
    if (rule instanceof NotNegative) {
      return unless(number >= 0, "a number of at least 0");
    }
    if (rule instanceof Positive) {
      return unless(number > 0, "a number above 0");
    }
    if (rule instanceof BelowOne) {
      return unless(number >= 0 && number < 1, "a number from 0 to below 1");
    }
    if (rule instanceof UpTo range) {
      return unless(
          number >= 0 && number <= range.most(), range.what() + " from 0 to " + range.most());
    }
    throw new IllegalStateException("Cannot check " + rule + ": expected an annotation of Rules");
  }

  private static Optional<String> unless(boolean fits, String expected) {
    return fits ? Optional.empty() : Optional.of(expected);
  }

  private static boolean each(Object values, DoublePredicate rule) {
    return ((List<?>) values).stream().mapToDouble(Rules::number).allMatch(rule);
  }

  private static boolean rises(Object values) {
    double[] numbers = ((List<?>) values).stream().mapToDouble(Rules::number).toArray();
    return IntStream.range(1, numbers.length).allMatch(i -> numbers[i] > numbers[i - 1]);
  }

  private static double number(Object value) {
    return value instanceof Epochs epochs
        ? epochs.number().orElse(Integer.MAX_VALUE)
        : ((Number) value).doubleValue();
  }
}
