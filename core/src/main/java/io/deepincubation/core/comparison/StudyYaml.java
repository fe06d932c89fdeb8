package io.deepincubation.core.comparison;

import io.deepincubation.core.comparison.Study.Budget;
import io.deepincubation.core.comparison.Study.Pairs;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.text.YamlText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Studies as YAML. Keys: {@code title}, {@code figure}, {@code methods} with {@code vary} (values
 * by key, all combinations), or {@code rows} (each a {@code method}, optionally a {@code label},
 * and keys with a value), {@code axis}, {@code seeds}, {@code budget}, {@code solve}, {@code
 * pairs}. In {@code initial-weights}, {@value ComparisonPlan#SEED} is the seed of a training.
 */
final class StudyYaml {

  private static final Set<String> KEYS =
      Set.of(
          "title", "figure", "methods", "vary", "rows", "axis", "seeds", "budget", "solve",
          "pairs");

  private final Map<String, Object> tree;
  private final String source;

  private StudyYaml(Map<String, Object> tree, String source) {
    this.tree = tree;
    this.source = source;
  }

  /**
   * Reads a study.
   *
   * @param yaml the text
   * @param source what messages call it
   */
  static Study parse(String yaml, String source) {
    return new StudyYaml(tree(yaml, source), source).study();
  }

  private static Map<String, Object> tree(String yaml, String source) {
    try {
      LoadSettings settings = LoadSettings.builder().setLabel(source).build();
      YamlText.require(yaml, settings);
      Object root = new Load(settings).loadFromString(yaml);
      if (root instanceof Map<?, ?> map) {
        var tree = new LinkedHashMap<String, Object>();
        map.forEach((key, value) -> tree.put(String.valueOf(key), value));
        return tree;
      }
      throw new UsageException(
          "Cannot read study " + source + ": expected keys and values, such as methods: [e2e]");
    } catch (YamlEngineException e) {
      throw new UsageException(
          "Cannot read study " + source + ": expected YAML: " + e.getMessage(), e);
    }
  }

  private Study study() {
    var unknown = new TreeSet<>(tree.keySet());
    unknown.removeAll(KEYS);
    if (!unknown.isEmpty()) {
      throw wrong("the keys " + new TreeSet<>(KEYS), unknown);
    }
    var variants = new ArrayList<>(rows());
    texts("methods").forEach(method -> variants.add(new Variant("", method, Map.of())));
    return new Study(
            text("title", source),
            text("figure", ""),
            variants,
            text("axis", ""),
            number("seeds"),
            Budget.valueOf(choice("budget", List.of("recipe", "values", "as-is"))),
            text("solve", ""),
            Pairs.valueOf(choice("pairs", List.of("methods", "all", "first"))))
        .varied(vary());
  }

  private List<Variant> rows() {
    Object rows = tree.getOrDefault("rows", List.of());
    if (!(rows instanceof List<?> list)) {
      throw wrong("rows as a list", rows);
    }
    return list.stream().map(this::row).toList();
  }

  private Variant row(Object row) {
    if (!(row instanceof Map<?, ?> map) || !map.containsKey("method")) {
      throw wrong("rows that each name a method", row);
    }
    var values = new LinkedHashMap<String, String>();
    map.forEach((key, value) -> values.put(String.valueOf(key), inYaml(value)));
    String method = values.remove("method");
    String label = values.containsKey("label") ? values.remove("label") : "";
    return new Variant(label == null ? "" : label, method == null ? "" : method, values);
  }

  private Map<String, List<String>> vary() {
    Object vary = tree.getOrDefault("vary", Map.of());
    if (!(vary instanceof Map<?, ?> map)) {
      throw wrong("vary as keys with lists of values", vary);
    }
    var values = new LinkedHashMap<String, List<String>>();
    map.forEach(
        (key, value) -> {
          if (!(value instanceof List<?> list) || list.isEmpty()) {
            throw wrong("a list of values of " + key, value);
          }
          values.put(String.valueOf(key), list.stream().map(StudyYaml::inYaml).toList());
        });
    return values;
  }

  /** A value as it would stand in a recipe. */
  private static String inYaml(@Nullable Object value) {
    return value instanceof List<?> list
        ? list.stream().map(StudyYaml::inYaml).collect(Collectors.joining(", ", "[", "]"))
        : String.valueOf(value);
  }

  private List<String> texts(String key) {
    Object value = tree.getOrDefault(key, List.of());
    if (!(value instanceof List<?> list)) {
      throw wrong(key + " as a list", value);
    }
    return list.stream().map(String::valueOf).toList();
  }

  private String text(String key, String fallback) {
    Object value = tree.get(key);
    return value == null ? fallback : String.valueOf(value);
  }

  private int number(String key) {
    Object value = tree.getOrDefault(key, Study.FEW_SEEDS);
    if (value instanceof Integer number) {
      return number;
    }
    throw wrong("a whole number of " + key, value);
  }

  private String choice(String key, List<String> choices) {
    String value = text(key, choices.get(0));
    if (!choices.contains(value)) {
      throw wrong(key + " as one of " + choices, value);
    }
    return value.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  private UsageException wrong(String expected, @Nullable Object got) {
    return new UsageException(
        String.format(
            Locale.ROOT, "Cannot read study %s: expected %s, got %s", source, expected, got));
  }
}
