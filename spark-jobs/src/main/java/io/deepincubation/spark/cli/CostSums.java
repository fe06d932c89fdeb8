package io.deepincubation.spark.cli;

import io.deepincubation.core.method.DeepIncubation;
import io.deepincubation.core.method.EndToEnd;
import io.deepincubation.core.method.EqualCost;
import io.deepincubation.core.method.StageCost;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.text.Quantities;
import java.util.List;
import java.util.Locale;

/**
 * What a recipe's whole trainings take, whichever of them is planned.
 *
 * @param deepIncubation operations of all of Deep Incubation
 * @param endToEnd operations of end-to-end training
 * @param ratio computed operations of end-to-end training, as a share of Deep Incubation's
 */
record CostSums(StageCost deepIncubation, StageCost endToEnd, double ratio) {

  /** Counts on some images. */
  static CostSums of(Recipe recipe, int images, int classes) {
    var cost = new EqualCost(images, classes);
    StageCost ours = cost.of(new DeepIncubation(), recipe);
    StageCost theirs = cost.of(new EndToEnd(), recipe);
    return new CostSums(ours, theirs, theirs.computed() / ours.computed());
  }

  List<String> lines() {
    String share = String.format(Locale.ROOT, ", %.2f of that%s", ratio, remedy());
    return List.of(
        "All of Deep Incubation: " + sum(deepIncubation),
        "End-to-end training: " + sum(endToEnd) + share);
  }

  private String remedy() {
    return Math.abs(ratio - 1) <= EqualCost.TOLERANCE
        ? ""
        : "; end-to-end.epochs=equal comes nearest";
  }

  private static String sum(StageCost cost) {
    return Quantities.flops(cost.computed())
        + " computed ("
        + Quantities.flops(cost.nominal())
        + " by the networks' shape)";
  }
}
