package io.deepincubation.core.advice;

import io.deepincubation.core.method.Stages;
import io.deepincubation.core.recipe.IncubationRecipe.Start;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.text.Quantities;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What should not be in the results of Deep Incubation: networks that are worse than the meta model
 * that they were made of, beyond the chance of the test images.
 */
public final class ResultWarnings {

  /** Half of a 95 % interval in standard errors. */
  private static final double CONFIDENCE = 1.96;

  private final Recipe recipe;
  private final double meta;
  private final long testImages;

  private ResultWarnings(Recipe recipe, double meta, long testImages) {
    this.recipe = recipe;
    this.meta = meta;
    this.testImages = testImages;
  }

  /**
   * One line for each.
   *
   * @param recipe of the run
   * @param results of its stages; nothing is said of those that are not there
   * @param testImages that the accuracies are of
   */
  public static List<String> of(Recipe recipe, List<StageResult> results, long testImages) {
    return results.stream()
        .filter(result -> result.stage().equals(Stages.META))
        .findFirst()
        .flatMap(ResultWarnings::top1)
        .map(meta -> new ResultWarnings(recipe, meta, testImages).of(results))
        .orElse(List.of());
  }

  private List<String> of(List<StageResult> results) {
    var warnings = new ArrayList<String>();
    List<StageResult> below = results.stream().filter(this::isBelow).toList();
    List<StageResult> hybrids = below.stream().filter(r -> isHybrid(r)).toList();
    if (!hybrids.isEmpty()) {
      warnings.add(
          "Hybrid networks of "
              + hybrids.stream().map(ResultWarnings::words).collect(Collectors.joining(", "))
              + tail("more incubation.epochs"));
    }
    below.stream()
        .filter(result -> result.stage().equals(Stages.FINAL))
        .map(result -> "The final model, " + words(result) + tail("more meta.epochs"))
        .forEach(warnings::add);
    return warnings;
  }

  private static boolean isHybrid(StageResult result) {
    return result.moduleIndex() != null && !Stages.isBaseline(result.stage());
  }

  private static Optional<Double> top1(StageResult result) {
    Metrics metrics = result.metrics();
    return result
        .measuredAccuracy()
        .filter(a -> metrics == null || metrics.primary().equals(Metrics.TOP1));
  }

  private boolean isBelow(StageResult result) {
    return top1(result).filter(accuracy -> meta - accuracy > margin(accuracy)).isPresent();
  }

  /** How far two accuracies may be apart by chance: the images are the same, which is left out. */
  private double margin(double accuracy) {
    double variance = (meta * (1 - meta) + accuracy * (1 - accuracy)) / Math.max(1, testImages);
    return CONFIDENCE * Math.sqrt(variance);
  }

  private static String words(StageResult result) {
    return result.stage() + " " + Quantities.percent(top1(result).orElse(0.0));
  }

  private String tail(String more) {
    String start = recipe.incubation().start() == Start.GROWN ? "" : "incubation.start=grown, ";
    return String.format(
        Locale.ROOT,
        ": below the meta model's %s, by more than the %.1f points that %,d test images leave to"
            + " chance; try %s%s, or a recipe of `init`",
        Quantities.percent(meta),
        100 * margin(meta),
        testImages,
        start,
        more);
  }
}
