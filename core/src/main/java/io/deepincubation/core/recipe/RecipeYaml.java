package io.deepincubation.core.recipe;

import com.google.gson.Gson;
import io.deepincubation.core.recipe.RecipeTree.Mapping;
import io.deepincubation.core.recipe.RecipeTree.Scalar;
import io.deepincubation.core.recipe.RecipeTree.Sequence;
import io.deepincubation.core.text.YamlText;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Recipes as YAML: the records' components as kebab-case keys, enum constants in lower case.
 *
 * <p>Reading is strict. Keys that no recipe has, values of a wrong type and values out of range are
 * all reported in one {@link RecipeException}, each with its dotted path and where it was written.
 * A key that is not given has the value of the recipe that {@code extends} names, one of the
 * library's or a file relative to the extending one, or of the paper's DeiT recipe.
 */
public final class RecipeYaml {

  private static final String EXTENDS = "extends";
  private static final String NAME = "name";

  private RecipeYaml() {}

  /**
   * Reads a recipe.
   *
   * @param yaml the text
   * @param source what messages call it, such as a file's name
   * @param overrides {@code key.path=value}, values in YAML; the last of a key counts
   * @throws RecipeException with every problem
   */
  public static Recipe parse(String yaml, String source, List<String> overrides) {
    return parse(RecipeText.of(yaml, source), overrides);
  }

  /** Reads a recipe, and those that it extends. */
  static Recipe parse(RecipeText text, List<String> overrides) {
    String source = text.source();
    var entries = new LinkedHashMap<>(read(text.yaml(), source).entries());
    Recipe base = base(entries.remove(EXTENDS), text);
    entries.putIfAbsent(NAME, new Scalar(stem(source), true, source));
    return bind(overridden(entries, overrides), base, source);
  }

  /**
   * A recipe with some values replaced, and checked again.
   *
   * @param recipe the values of all other keys
   * @param overrides as in {@link #parse}
   * @throws RecipeException with every problem
   */
  public static Recipe override(Recipe recipe, List<String> overrides) {
    return bind(overridden(Map.of(), overrides), recipe, recipe.name());
  }

  private static Mapping overridden(Map<String, RecipeTree> entries, List<String> overrides) {
    var tree = new Mapping(entries, "");
    for (String override : overrides) {
      tree = override(tree, override);
    }
    return tree;
  }

  private static Mapping override(Mapping tree, String override) {
    int sign = override.indexOf('=');
    if (sign < 1) {
      throw new RecipeException(
          "Cannot override " + override + ": expected KEY=VALUE, such as fine-tuning.epochs=5");
    }
    String value = override.substring(sign + 1);
    return tree.with(override.substring(0, sign).strip(), overriding(value, override));
  }

  private static RecipeTree overriding(String value, String override) {
    String origin = "--set";
    try {
      return composed(value, override)
          .map(node -> withOrigin(tree(node, override), origin))
          .orElseGet(() -> new Scalar("", false, origin));
    } catch (YamlEngineException e) {
      throw new RecipeException(
          "Cannot override " + override + ": expected a value in YAML, got " + value, e);
    }
  }

  private static RecipeTree withOrigin(RecipeTree tree, String origin) {
    if (tree instanceof Scalar scalar) {
      return new Scalar(scalar.text(), scalar.quoted(), origin);
    }
    if (tree instanceof Sequence sequence) {
      return new Sequence(sequence.items(), origin);
    }
    var entries = new LinkedHashMap<>(((Mapping) tree).entries());
    entries.replaceAll((key, value) -> withOrigin(value, origin));
    return new Mapping(entries, origin);
  }

  private static Mapping read(String yaml, String source) {
    try {
      Node root = composed(yaml, source).orElse(null);
      if (root == null) {
        return new Mapping(Map.of(), "line 1");
      }
      if (tree(root, source) instanceof Mapping mapping) {
        return mapping;
      }
      throw new RecipeException(
          "Cannot read recipe " + source + ": expected keys and values, such as seed: 1");
    } catch (MarkedYamlEngineException e) {
      String line = e.getProblemMark().map(mark -> " in line " + (mark.getLine() + 1)).orElse("");
      throw new RecipeException(
          "Cannot read recipe " + source + ": expected YAML, got" + line + ": " + e.getProblem(),
          e);
    } catch (YamlEngineException e) {
      throw new RecipeException(
          "Cannot read recipe " + source + ": expected YAML: " + e.getMessage(), e);
    }
  }

  private static Optional<Node> composed(String yaml, String source) {
    LoadSettings settings =
        LoadSettings.builder().setLabel(source).setMaxAliasesForCollections(0).build();
    YamlText.require(yaml, settings);
    return new Compose(settings).composeString(yaml);
  }

  private static RecipeTree tree(Node node, String source) {
    String origin = node.getStartMark().map(mark -> "line " + (mark.getLine() + 1)).orElse("");
    if (node instanceof ScalarNode scalar) {
      return new Scalar(scalar.getValue(), !scalar.isPlain(), origin);
    }
    if (node instanceof SequenceNode sequence) {
      return new Sequence(
          sequence.getValue().stream().map(item -> tree(item, source)).toList(), origin);
    }
    return mapping((MappingNode) node, origin, source);
  }

  private static Mapping mapping(MappingNode node, String origin, String source) {
    var entries = new LinkedHashMap<String, RecipeTree>();
    for (NodeTuple tuple : node.getValue()) {
      String key =
          tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "a complex key";
      RecipeTree value = tree(tuple.getValueNode(), source);
      if (entries.putIfAbsent(key, value) != null) {
        throw new RecipeException(
            String.format(
                Locale.ROOT,
                "Cannot read recipe %s: expected each key once, got %s twice (%s)",
                source,
                key,
                value.origin()));
      }
    }
    return new Mapping(entries, origin);
  }

  private static Recipe bind(Mapping tree, Recipe base, String source) {
    var binder = new RecipeBinder();
    Recipe recipe = binder.bind(tree, base, "");
    var problems = new ArrayList<>(binder.unknown());
    problems.addAll(binder.unfit());
    problems.addAll(RecipeCheck.ranges(recipe));
    if (binder.unfit().isEmpty()) {
      problems.addAll(RecipeCheck.relations(recipe));
    }
    if (!problems.isEmpty()) {
      throw new RecipeException(report(problems, tree, source));
    }
    return recipe;
  }

  private static Recipe base(@Nullable RecipeTree named, RecipeText text) {
    if (named == null) {
      return DeitRecipe.BASE;
    }
    if (named instanceof Scalar scalar) {
      return parse(text.base(scalar.text(), scalar.origin()), List.of());
    }
    throw new RecipeException(
        String.format(
            Locale.ROOT,
            "Cannot read recipe %s: expected extends (%s) to name a recipe or a file, got %s",
            text.source(),
            named.origin(),
            named.describe()));
  }

  private static String stem(String source) {
    String file = source.substring(source.lastIndexOf('/') + 1);
    int dot = file.lastIndexOf('.');
    return dot > 0 ? file.substring(0, dot) : file;
  }

  private static String report(List<RecipeProblem> problems, Mapping tree, String source) {
    var lines = new ArrayList<String>();
    for (RecipeProblem problem : problems) {
      lines.add(problem.key() + origin(tree, problem.key()) + ": " + problem.complaint());
    }
    return "Cannot use recipe " + source + ": " + String.join("; ", lines);
  }

  /** Where the value at a dotted path was written, in brackets; empty if it is the base's. */
  private static String origin(Mapping tree, String path) {
    RecipeTree whole = tree.entries().get(path);
    if (whole != null) {
      return " (" + whole.origin() + ")";
    }
    int dot = path.indexOf('.');
    return dot > 0 && tree.entries().get(path.substring(0, dot)) instanceof Mapping inner
        ? origin(inner, path.substring(dot + 1))
        : "";
  }

  /** A recipe as YAML with every key, which reads back as an equal recipe. */
  public static String toYaml(Recipe recipe) {
    DumpSettings settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setSplitLines(false)
            .setDereferenceAliases(true)
            .build();
    return new Dump(settings).dumpToString(tree(recipe));
  }

  /**
   * A recipe, or a group of its keys, as a tree of maps, lists, numbers and texts with every key,
   * in a fixed order.
   */
  public static Map<String, Object> tree(Record recipe) {
    return RecipeBinder.tree(recipe);
  }

  /**
   * The recipe that a tree tells of; keys that it lacks have their default.
   *
   * @param tree as {@link #tree} gives it
   * @param source what messages call it, such as a file's name
   * @throws RecipeException with every problem
   */
  public static Recipe ofTree(Map<String, Object> tree, String source) {
    return parse(new Gson().toJson(tree), source, List.of());
  }

  /** SHA-256, as 64 hex digits, of a recipe as JSON with every key in a fixed order. */
  public static String digest(Recipe recipe) {
    try {
      byte[] json = new Gson().toJson(tree(recipe)).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Cannot find SHA-256 in this JDK", e);
    }
  }
}
