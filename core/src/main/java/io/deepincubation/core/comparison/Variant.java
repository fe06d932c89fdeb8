package io.deepincubation.core.comparison;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One way to train in a comparison: a method, and what differs from the comparison's recipe.
 *
 * @param label its name for people; empty for the method's title with the values
 * @param method a method's name
 * @param values by key, as text; what may stand there is in {@link Values}
 */
public record Variant(String label, String method, Map<String, String> values) {

  /** Copies, in the values' order. */
  public Variant {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** The same with more values, which are told of in the label. */
  Variant with(Map<String, String> more) {
    var all = new LinkedHashMap<>(values);
    all.putAll(more);
    return new Variant(label.isEmpty() ? "" : label + told(more, ", "), method, all);
  }

  private static String told(Map<String, String> values, String before) {
    return values.entrySet().stream()
        .map(value -> before + value.getKey() + " " + value.getValue())
        .collect(Collectors.joining());
  }

  /** The label, or the method's title with the values. */
  String labelled(String methodTitle) {
    if (!label.isEmpty()) {
      return label;
    }
    return methodTitle + told(values, ", ");
  }
}
