package io.deepincubation.core.recipe;

import io.deepincubation.core.recipe.RecipeTree.Mapping;
import io.deepincubation.core.recipe.RecipeTree.Scalar;
import io.deepincubation.core.recipe.RecipeTree.Sequence;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Turns trees into records: a key for each component, in kebab case; a key that is not given keeps
 * the value of a base record. Problems are collected, not thrown.
 */
final class RecipeBinder {

  private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]+");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

  private static final String CLASS_WEIGHTS =
      "none, balanced, a list of numbers such as [1, 2.5] or numbers by name such as {cat: 2}";

  private final List<RecipeProblem> unknown = new ArrayList<>();
  private final List<RecipeProblem> unfit = new ArrayList<>();

  /** Problems with keys. */
  List<RecipeProblem> unknown() {
    return unknown;
  }

  /** Problems with the types of values, in whose place the result has the base's. */
  List<RecipeProblem> unfit() {
    return unfit;
  }

  /**
   * A record as a tree of plain maps, lists, numbers and texts, in the order of its components.
   *
   * @param facts the record
   */
  static Map<String, Object> tree(Record facts) {
    var tree = new LinkedHashMap<String, Object>();
    for (RecordComponent component : facts.getClass().getRecordComponents()) {
      tree.put(Names.kebab(component.getName()), plain(value(component, facts)));
    }
    return tree;
  }

  private static Object plain(Object value) {
    if (value instanceof Record inner) {
      return tree(inner);
    }
    if (value instanceof Epochs epochs) {
      return epochs.plain();
    }
    if (value instanceof ClassWeights weights) {
      return weights.plain();
    }
    return value instanceof Enum<?> constant ? Names.kebab(constant) : value;
  }

  /**
   * Binds a group of keys.
   *
   * @param tree the keys
   * @param base the values of keys that are not given
   * @param prefix the dotted path of the group, with a dot behind, or empty
   */
  <T extends Record> T bind(Mapping tree, T base, String prefix) {
    RecordComponent[] components = base.getClass().getRecordComponents();
    List<String> known =
        Stream.of(components).map(component -> Names.kebab(component.getName())).toList();
    reportUnknown(tree, known, prefix);
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      Object inherited = value(components[i], base);
      RecipeTree given = tree.entries().get(known.get(i));
      values[i] =
          given == null
              ? inherited
              : convert(given, components[i], inherited, prefix + known.get(i));
    }
    return construct(base, components, values);
  }

  private void reportUnknown(Mapping tree, List<String> known, String prefix) {
    Set<String> surplus = new LinkedHashSet<>(tree.entries().keySet());
    surplus.removeAll(known);
    for (String key : surplus) {
      Optional<String> nearest = Names.nearest(key, known);
      unknown.add(
          new RecipeProblem(
              prefix + key,
              nearest
                  .map(name -> "unknown key, did you mean " + prefix + name + "?")
                  .orElseGet(() -> "unknown key, expected one of " + String.join(", ", known))));
    }
  }

  private Object convert(
      RecipeTree given, RecordComponent component, Object inherited, String key) {
    Optional<?> converted = converted(given, component, inherited, key);
    return converted.isPresent() ? converted.get() : inherited;
  }

  private Optional<?> converted(
      RecipeTree given, RecordComponent component, Object inherited, String key) {
    if (inherited instanceof Record base) {
      return group(given, base, key);
    }
    if (inherited instanceof List<?>) {
      return list(given, component, key);
    }
    if (inherited instanceof Map<?, ?> base) {
      return texts(given, base, key);
    }
    return inherited instanceof ClassWeights
        ? classWeights(given, key)
        : scalar(given, inherited, key);
  }

  private Optional<?> group(RecipeTree given, Record base, String key) {
    if (given instanceof Mapping mapping) {
      return Optional.of(bind(mapping, base, key + "."));
    }
    List<String> keys =
        Stream.of(base.getClass().getRecordComponents())
            .map(component -> Names.kebab(component.getName()))
            .toList();
    return reject(key, "a group of keys (" + String.join(", ", keys) + ")", given);
  }

  /** Keys of whatever name, each a text; those that are not given are inherited. */
  private Optional<?> texts(RecipeTree given, Map<?, ?> base, String key) {
    if (!(given instanceof Mapping mapping)) {
      return reject(key, "a group of keys", given);
    }
    var texts = new LinkedHashMap<Object, Object>(base);
    for (Map.Entry<String, RecipeTree> entry : mapping.entries().entrySet()) {
      if (!(entry.getValue() instanceof Scalar scalar)) {
        return reject(key + "." + entry.getKey(), "text", entry.getValue());
      }
      texts.put(entry.getKey(), scalar.text());
    }
    return Optional.of(texts);
  }

  private Optional<?> list(RecipeTree given, RecordComponent component, String key) {
    return component.getGenericType().getTypeName().endsWith("<java.lang.Double>")
        ? list(given, RecipeBinder::number, "a list of numbers such as [0.5, 1]", key)
        : list(
            given, RecipeBinder::wholeNumber, "a list of whole numbers such as [1, 3, 1, 1]", key);
  }

  private Optional<?> list(
      RecipeTree given, Function<Scalar, Optional<?>> parser, String expected, String key) {
    if (!(given instanceof Sequence sequence)) {
      return reject(key, expected, given);
    }
    var values = new ArrayList<Object>();
    for (RecipeTree item : sequence.items()) {
      Optional<?> value = item instanceof Scalar scalar ? parser.apply(scalar) : Optional.empty();
      if (value.isEmpty()) {
        return reject(key, expected, item);
      }
      values.add(value.get());
    }
    return Optional.of(values);
  }

  private Optional<?> classWeights(RecipeTree given, String key) {
    if (given instanceof Sequence) {
      return list(given, RecipeBinder::number, CLASS_WEIGHTS, key)
          .map(numbers -> ClassWeights.of(doubles(numbers)));
    }
    if (given instanceof Mapping mapping) {
      return byName(mapping, key);
    }
    Optional<ClassWeights> word =
        ClassWeights.WORDS.stream()
            .filter(known -> given instanceof Scalar scalar && known.plain().equals(scalar.text()))
            .findFirst();
    return word.isPresent() ? word : reject(key, CLASS_WEIGHTS, given);
  }

  private static List<Double> doubles(Object numbers) {
    return ((List<?>) numbers).stream().map(Double.class::cast).toList();
  }

  private Optional<?> byName(Mapping mapping, String key) {
    var weights = new LinkedHashMap<String, Double>();
    for (var entry : mapping.entries().entrySet()) {
      Optional<Double> weight =
          entry.getValue() instanceof Scalar scalar ? number(scalar) : Optional.empty();
      if (weight.isEmpty()) {
        return reject(key, CLASS_WEIGHTS, entry.getValue());
      }
      weights.put(entry.getKey(), weight.get());
    }
    return Optional.of(ClassWeights.of(weights));
  }

  private Optional<?> scalar(RecipeTree given, Object inherited, String key) {
    if (!(given instanceof Scalar scalar)) {
      return reject(key, expectation(inherited), given);
    }
    Optional<?> parsed = parse(scalar, inherited);
    return parsed.isPresent()
        ? parsed
        : reject(key, expectation(inherited) + exception(scalar, inherited), given);
  }

  /** What is to be said where a word stands that another key takes. */
  private static String exception(Scalar given, Object inherited) {
    return inherited instanceof Integer && given.text().equals(Epochs.EQUAL_WORD)
        ? " (only end-to-end.epochs may be " + Epochs.EQUAL_WORD + ")"
        : "";
  }

  private static Optional<?> parse(Scalar scalar, Object inherited) {
    if (inherited instanceof String) {
      return scalar.text().isEmpty() && !scalar.quoted()
          ? Optional.empty()
          : Optional.of(scalar.text());
    }
    if (inherited instanceof Integer) {
      return wholeNumber(scalar);
    }
    if (inherited instanceof Epochs) {
      return epochs(scalar);
    }
    if (inherited instanceof Long) {
      return longNumber(scalar);
    }
    if (inherited instanceof Double) {
      return number(scalar);
    }
    if (inherited instanceof Boolean) {
      return truth(scalar);
    }
    return constants(inherited)
        .filter(constant -> Names.kebab(constant).equals(scalar.text()))
        .findFirst();
  }

  /** What is expected in the place of a value. */
  static String expectation(Object inherited) {
    if (inherited instanceof String) {
      return "text";
    }
    if (inherited instanceof Integer || inherited instanceof Long) {
      return "a whole number";
    }
    if (inherited instanceof Epochs) {
      return "a whole number or " + Epochs.EQUAL_WORD;
    }
    if (inherited instanceof Double) {
      return "a number";
    }
    if (inherited instanceof Boolean) {
      return "true or false";
    }
    return constants(inherited).map(Names::kebab).collect(Collectors.joining(", ", "one of ", ""));
  }

  private static Stream<Enum<?>> constants(Object constant) {
    if (constant instanceof Enum<?> known) {
      return Stream.of(known.getDeclaringClass().getEnumConstants());
    }
    throw new IllegalStateException(
        "Cannot bind a component of " + constant.getClass() + ": expected a type that files have");
  }

  private static Optional<Integer> wholeNumber(Scalar scalar) {
    return longNumber(scalar).filter(number -> number == number.intValue()).map(Long::intValue);
  }

  private static Optional<Epochs> epochs(Scalar scalar) {
    return scalar.text().equals(Epochs.EQUAL_WORD)
        ? Optional.of(Epochs.EQUAL)
        : wholeNumber(scalar).map(Epochs::of);
  }

  private static Optional<Long> longNumber(Scalar scalar) {
    if (scalar.quoted() || !WHOLE.matcher(scalar.text()).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Long.parseLong(scalar.text()));
    } catch (NumberFormatException tooLarge) {
      return Optional.empty();
    }
  }

  private static Optional<Double> number(Scalar scalar) {
    return scalar.quoted() || !NUMBER.matcher(scalar.text()).matches()
        ? Optional.empty()
        : Optional.of(Double.parseDouble(scalar.text())).filter(Double::isFinite);
  }

  private static Optional<Boolean> truth(Scalar scalar) {
    return scalar.quoted()
        ? Optional.empty()
        : switch (scalar.text()) {
          case "true" -> Optional.of(true);
          case "false" -> Optional.of(false);
          default -> Optional.empty();
        };
  }

  private Optional<?> reject(String key, String expected, RecipeTree got) {
    unfit.add(RecipeProblem.unexpected(key, expected, got.describe()));
    return Optional.empty();
  }

  /** A component's value in a record. */
  static Object value(RecordComponent component, Record facts) {
    try {
      return component.getAccessor().invoke(facts);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot read " + component, e);
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Record> T construct(
      T base, RecordComponent[] components, Object[] values) {
    try {
      Class<?>[] types =
          Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Constructor<?> constructor = base.getClass().getDeclaredConstructor(types);
      return (T) constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw new RecipeException("Cannot make a recipe: " + e.getCause(), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot construct " + base.getClass(), e);
    }
  }
}
