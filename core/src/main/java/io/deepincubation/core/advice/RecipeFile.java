package io.deepincubation.core.advice;

import io.deepincubation.core.advice.Choices.Choice;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.UsageException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A recipe's file as one writes it by hand: groups of keys, with a comment where a reason is. */
final class RecipeFile {

  /** Where comments begin, as in the library's recipes. */
  private static final int COMMENT_COLUMN = 24;

  private RecipeFile() {}

  /**
   * The text.
   *
   * @param head lines of its first comment, without their signs
   * @param extending what it extends
   * @param choices that it states
   * @param recipe with all keys, in whose order they stand
   */
  static String text(List<String> head, String extending, Choices choices, Recipe recipe) {
    var text = new StringBuilder();
    head.forEach(line -> text.append(("# " + line).stripTrailing()).append('\n'));
    text.append("extends: ").append(quoted(extending)).append('\n');
    RecipeYaml.tree(recipe).forEach((key, value) -> text.append(entry(key, value, choices)));
    return text.toString();
  }

  /** As YAML reads it back, whatever a path has in it. */
  private static String quoted(String name) {
    return name.matches("[\\w./-]+")
        ? name
        : '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String entry(String key, Object value, Choices choices) {
    if (!(value instanceof Map<?, ?> group)) {
      return choices.of(key).map(choice -> line(key, choice)).orElse("");
    }
    if (choices.of(key).isPresent()) {
      throw new UsageException(
          "Cannot write a recipe: expected --set of single keys such as batch.size=64, got the"
              + " group "
              + key);
    }
    String lines =
        group.keySet().stream()
            .flatMap(
                inner -> choices.of(key + "." + inner).map(c -> line("  " + inner, c)).stream())
            .collect(Collectors.joining());
    return lines.isEmpty() ? "" : "\n" + key + ":\n" + lines;
  }

  private static String line(String key, Choice choice) {
    String value = key + ": " + choice.value();
    String gap = " ".repeat(Math.max(2, COMMENT_COLUMN - value.length()));
    return choice.why().isEmpty() ? value + "\n" : value + gap + "# " + choice.why() + "\n";
  }
}
