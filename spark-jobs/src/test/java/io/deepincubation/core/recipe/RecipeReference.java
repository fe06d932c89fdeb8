package io.deepincubation.core.recipe;

import io.deepincubation.spark.reference.JavaComments;
import io.deepincubation.spark.reference.Page;
import java.lang.annotation.Annotation;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The page on the keys of recipes. Here for the rules, which stand at the records' components. */
public final class RecipeReference {

  private static final List<String> TITLES = List.of("key", "type", "default", "range", "meaning");

  private final JavaComments comments;

  /** The page by the comments on the records. */
  public RecipeReference(JavaComments comments) {
    this.comments = comments;
  }

  /** The page. */
  public String text() {
    var page =
        new Page("Recipe keys")
            .paragraph(
                "`extends` names the recipe that has the values of keys which are not given;"
                    + " without it they have the defaults below. Keys are checked with one another"
                    + " too, all at once, before anything starts. [recipes.md](../recipes.md) tells"
                    + " how to write and choose.");
    Recipe defaults = Recipes.defaults();
    List<RecordComponent> components = components(defaults);
    page.table(
        TITLES,
        components.stream()
            .filter(component -> !isGroup(component))
            .map(component -> row(component, defaults, ""))
            .toList());
    components.stream()
        .filter(RecipeReference::isGroup)
        .forEach(component -> group(component, defaults, page));
    return page.text();
  }

  private void group(RecordComponent component, Record parent, Page page) {
    var group = (Record) RecipeBinder.value(component, parent);
    String key = Names.kebab(component.getName());
    page.heading("##", "`" + key + "`")
        .paragraph(capital(comments.of(comment(component, parent))) + ".")
        .table(TITLES, rows(group, key + "."));
  }

  /** Of keys, and of those of groups in the group. */
  private List<List<String>> rows(Record group, String prefix) {
    return components(group).stream()
        .flatMap(
            inner ->
                isGroup(inner)
                    ? rows(
                        (Record) RecipeBinder.value(inner, group),
                        prefix + Names.kebab(inner.getName()) + ".")
                        .stream()
                    : Stream.of(row(inner, group, prefix)))
        .toList();
  }

  private static List<RecordComponent> components(Record group) {
    return Arrays.asList(group.getClass().getRecordComponents());
  }

  private static boolean isGroup(RecordComponent component) {
    return component.getType().isRecord();
  }

  private static String comment(RecordComponent component, Record group) {
    return group.getClass().getSimpleName() + "." + component.getName();
  }

  private List<String> row(RecordComponent component, Record group, String prefix) {
    Object value = RecipeBinder.value(component, group);
    return List.of(
        "`" + prefix + Names.kebab(component.getName()) + "`",
        type(component, value),
        "`" + plain(value) + "`",
        range(component, value),
        meaning(component, group, value));
  }

  private static String plain(Object value) {
    if (value instanceof Enum<?> constant) {
      return Names.kebab(constant);
    }
    if (value instanceof String text) {
      return '"' + text + '"';
    }
    if (value instanceof List<?> list) {
      return list.stream().map(RecipeReference::plain).toList().toString();
    }
    return value instanceof Double number && number == Math.rint(number)
        ? Long.toString(number.longValue())
        : value.toString();
  }

  private static String type(RecordComponent component, Object value) {
    if (value instanceof List<?>) {
      return component.getGenericType().getTypeName().contains("Double")
          ? "list of numbers"
          : "list of whole numbers";
    }
    if (value instanceof Map<?, ?>) {
      return "texts by key";
    }
    if (value instanceof ClassWeights) {
      return "`none`, `balanced`, list of numbers, numbers by name";
    }
    return value instanceof Enum<?> constant ? choices(constant) : RecipeBinder.expectation(value);
  }

  private static String choices(Enum<?> constant) {
    return constants(constant)
        .map(choice -> "`" + Names.kebab(choice) + "`")
        .collect(Collectors.joining(", "));
  }

  private static Stream<? extends Enum<?>> constants(Enum<?> constant) {
    return Stream.of(constant.getDeclaringClass().getEnumConstants());
  }

  /** What the rules at a component say of a value that breaks them all. */
  private static String range(RecordComponent component, Object value) {
    var expected = new ArrayList<String>();
    for (Annotation rule : component.getAnnotations()) {
      Rules.broken(rule, broken(value)).ifPresent(expected::add);
    }
    return String.join("; ", expected);
  }

  private static Object broken(Object value) {
    if (value instanceof String) {
      return "";
    }
    if (value instanceof ClassWeights) {
      return ClassWeights.of(List.of(-1.0));
    }
    return value instanceof List<?> ? List.of(0) : -1;
  }

  private String meaning(RecordComponent component, Record group, Object value) {
    String meaning = comments.of(comment(component, group));
    return value instanceof Enum<?> constant
        ? meaning
            + constants(constant)
                .map(choice -> "`" + Names.kebab(choice) + "`: " + choice(choice))
                .collect(Collectors.joining("; ", ". ", ""))
        : meaning;
  }

  private String choice(Enum<?> constant) {
    return sentence(
        comments.of(constant.getDeclaringClass().getSimpleName() + "." + constant.name()));
  }

  private static String capital(String comment) {
    return Character.toUpperCase(comment.charAt(0)) + comment.substring(1);
  }

  private static String sentence(String comment) {
    return comment.endsWith(".") ? comment.substring(0, comment.length() - 1) : comment;
  }
}
