package io.deepincubation.core.method;

import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.ModuleGrowth;
import io.deepincubation.core.recipe.IncubationRecipe;
import io.deepincubation.core.recipe.IncubationRecipe.MetaModel;
import io.deepincubation.core.recipe.Recipe;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Deep Incubation (Algorithm 1): pre-train a meta model, incubate the target's modules in it one by
 * one and independently, assemble them, fine-tune. With it the paper's ablations of the meta model
 * (Sec. 4.3): trained along in each incubation, pre-trained or not.
 */
public final class DeepIncubation implements Method {

  /** Its name. */
  public static final String NAME = "deep-incubation";

  /** What incubated modules' fresh weights are drawn for. */
  static final String MODULE_WEIGHTS = "target";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String title() {
    return "Deep Incubation";
  }

  @Override
  public List<Stage> stages(Recipe recipe) {
    Stage meta = metaModel(recipe); // lines 1, 2
    List<Stage> modules =
        IntStream.range(0, recipe.division().modules())
            .mapToObj(i -> incubation(recipe, meta, i)) // lines 3 to 6
            .toList();
    Stage assembled = assembly(Stages.ASSEMBLED, recipe, modules); // line 7
    Stage tuned = fineTuning(Stages.FINAL, recipe, assembled); // line 8
    List<Stage> all =
        Stream.of(Stream.of(meta), modules.stream(), Stream.of(assembled, tuned))
            .flatMap(stages -> stages)
            .toList();
    return HigherResolution.after(all, recipe);
  }

  /** The pre-trained meta model, end to end from fresh weights. */
  static Stage pretrainedMetaModel(Recipe recipe) {
    return Stage.of(Stages.META, recipe, recipe.metaDivision()).by("meta", recipe.meta());
  }

  private static Stage metaModel(Recipe recipe) {
    return recipe.incubation().meta() == MetaModel.RANDOM_TUNABLE
        ? Stage.of(Stages.META, recipe, recipe.metaDivision()).measuredOnly()
        : pretrainedMetaModel(recipe);
  }

  /** Modules put together into the target model (Eq. 6). */
  static Stage assembly(String name, Recipe recipe, List<Stage> modules) {
    return Stage.of(name, recipe, recipe.targetDivision()).modulesFrom(modules).measuredOnly();
  }

  /** Fine-tuning of a target model, whatever it comes from, on equal batches. */
  static Stage fineTuning(String name, Recipe recipe, Stage target) {
    return Stage.of(name, recipe, recipe.targetDivision())
        .from(target)
        .drawing(Stages.FINAL)
        .by("fine-tuning", recipe.fineTuning());
  }

  private static Stage incubation(Recipe recipe, Stage meta, int module) {
    ModularDivision target = recipe.targetDivision();
    IncubationRecipe incubation = recipe.incubation();
    Stage.Builder hybrid =
        Stage.of(Stages.module(module), recipe, meta.network().hybrid(target, module))
            .from(meta)
            .begin(module, start(incubation, meta));
    return (incubation.meta() == MetaModel.PRETRAINED_FIXED
            ? hybrid.only(module, target)
            : hybrid.keeping(module, target))
        .by("incubation", incubation.stage());
  }

  private static Start start(IncubationRecipe incubation, Stage meta) {
    return switch (incubation.start()) {
      case RANDOM -> new Start.Fresh(MODULE_WEIGHTS);
      case STACKED -> grown(meta, ModuleGrowth.STACKED);
      case GROWN -> grown(meta, ModuleGrowth.GROWN);
    };
  }

  private static Start grown(Stage meta, ModuleGrowth growth) {
    return new Start.Grown(meta.name(), meta.network(), growth, MODULE_WEIGHTS);
  }
}
