package io.deepincubation.core.method;

import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.recipe.Recipe;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Module imitation (Fig. 2b): each module is trained to give what its meta module gives for the
 * same input, by the L1 distance of features; then assembly and fine-tuning as in Deep Incubation,
 * with whose run of the same recipe it shares the meta model.
 */
public final class Imitation implements Method {

  private static final String NAME = "imitation";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String title() {
    return "Module imitation";
  }

  @Override
  public List<Stage> stages(Recipe recipe) {
    Stage meta = DeepIncubation.pretrainedMetaModel(recipe);
    List<Stage> modules =
        IntStream.range(0, recipe.division().modules())
            .mapToObj(i -> imitation(recipe, meta, i))
            .toList();
    Stage assembled =
        DeepIncubation.assembly(Stages.baseline(NAME, Stages.ASSEMBLED), recipe, modules);
    Stage tuned = DeepIncubation.fineTuning(Stages.baseline(NAME, Stages.FINAL), recipe, assembled);
    List<Stage> all =
        Stream.of(Stream.of(meta), modules.stream(), Stream.of(assembled, tuned))
            .flatMap(stages -> stages)
            .toList();
    return HigherResolution.after(all, recipe);
  }

  /** First weights and batches are those of the module's incubation. */
  private static Stage imitation(Recipe recipe, Stage meta, int module) {
    ModularDivision target = recipe.targetDivision();
    return Stage.of(
            Stages.baseline(NAME, Stages.module(module)),
            recipe,
            meta.network().hybrid(target, module))
        .from(meta)
        .begin(module, new Start.FreshTrunk(DeepIncubation.MODULE_WEIGHTS, meta.name()))
        .only(module, target)
        .towards(new StageObjective.FeatureL1(meta.name(), meta.network()), meta)
        .drawing(Stages.module(module))
        .by("incubation", recipe.incubation().stage());
  }
}
