package io.deepincubation.core.method;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.core.run.StageKey;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The facts that a stage's key is made of. Values of recipe keys that are the default are left out,
 * so that a key that a later version adds changes nothing.
 */
final class StageFacts {

  /** What only stages say: their networks, starts and schedules. */
  private static final Set<String> OF_STAGES =
      Set.of(
          "name",
          "initial-weights",
          "division",
          "meta",
          "incubation",
          "fine-tuning",
          "end-to-end",
          "higher-resolution",
          "local",
          "rounds",
          // The network's own depths, and the classes of the data.
          "model.depth",
          "model.classes",
          // Changes memory and time, not the bytes.
          "batch.recompute-activations");

  private StageFacts() {}

  static StageKey key(Stage stage, RunInputs inputs) {
    var facts = new TreeMap<String, String>(ofRecipe(stage.recipe()));
    facts.put("data", inputs.dataDigest());
    facts.put("network", stage.network().toString());
    if (stage.isResized()) {
      facts.put("image", String.valueOf(stage.image()));
    }
    if (!stage.named().equals(stage.network())) {
      facts.put("named", stage.named().toString());
    }
    for (int i = 0; i < stage.start().size(); i++) {
      Start start = stage.start().get(i);
      facts.put("start." + i, start.inWords());
      if (inputs.initialWeightsDigest() != null && start.drawsFresh()) {
        facts.put("initial-weights", inputs.initialWeightsDigest());
        facts.put("initial-weights.network", stage.recipe().targetDivision().toString());
      }
    }
    facts.put("trained", stage.trainedInOrder().toString());
    stage.module().ifPresent(module -> facts.put("kept", module.toString()));
    stage.objective().facts().forEach((name, value) -> facts.put("objective." + name, value));
    if (stage.trains()) {
      facts.put("draws", stage.draws());
      facts.putAll(changed(stage.scheduleKey() + ".", stage.schedule(), Stage.UNTRAINED));
      if (stage.workers() > 1) { // How workers meet is nothing to a stage of one.
        facts.putAll(changed("rounds.", stage.recipe().rounds(), Recipes.defaults().rounds()));
      }
    }
    stage.needs().forEach(need -> facts.put("needs." + need.name(), need.key(inputs).sha256()));
    return StageKey.of(facts);
  }

  /** What a group of a recipe says that its defaults do not. */
  private static Map<String, String> changed(String prefix, Record group, Record defaults) {
    var facts = new TreeMap<String, String>();
    leaves(prefix, RecipeYaml.tree(group), facts);
    var usual = new TreeMap<String, String>();
    leaves(prefix, RecipeYaml.tree(defaults), usual);
    facts.entrySet().removeAll(usual.entrySet());
    return facts;
  }

  private static Map<String, String> ofRecipe(Recipe recipe) {
    Map<String, String> facts = changed("", recipe, Recipes.defaults());
    facts
        .keySet()
        .removeIf(name -> OF_STAGES.contains(name) || OF_STAGES.contains(name.split("\\.", 2)[0]));
    return facts;
  }

  /** What stands for a fact that a key leaves out, as far as it is a recipe's key. */
  static Map<String, String> defaults() {
    Map<String, String> defaults = leaves(Recipes.defaults());
    for (String schedule :
        List.of("meta", "incubation", "fine-tuning", "end-to-end", "higher-resolution")) {
      leaves(schedule + ".", RecipeYaml.tree(Stage.UNTRAINED), defaults);
    }
    return defaults;
  }

  /** What a recipe says of a key: its value as text. */
  private static Map<String, String> leaves(Recipe recipe) {
    var leaves = new TreeMap<String, String>();
    leaves("", RecipeYaml.tree(recipe), leaves);
    return leaves;
  }

  private static void leaves(String prefix, Map<?, ?> tree, Map<String, String> leaves) {
    tree.forEach(
        (key, value) -> {
          if (value instanceof Map<?, ?> inner) {
            leaves(prefix + key + ".", inner, leaves);
          } else {
            leaves.put(prefix + key, text(value));
          }
        });
  }

  private static String text(Object value) {
    return value instanceof List<?> list
        ? list.stream().map(StageFacts::text).toList().toString()
        : String.valueOf(value);
  }
}
