package io.deepincubation.examples;

import io.deepincubation.core.method.IncubationReport;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.spark.SparkDeepIncubation;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;

/**
 * Trains a prepared set with a named recipe on a Spark session.
 *
 * <p>Arguments: recipe, URI of the prepared set, URI of the run folder, then any {@code key=value}
 * overrides of the recipe.
 */
public final class IncubateOnSpark {

  private IncubateOnSpark() {}

  /** Runs the whole method and prints each stage's accuracy. */
  public static void main(String[] args) {
    List<String> overrides = List.of(args).subList(3, args.length);
    try (SparkSession spark = SparkSession.builder().appName("incubate").getOrCreate()) {
      IncubationReport report = incubate(spark, args[0], args[1], args[2], overrides);
      report
          .modules()
          .forEach(
              module ->
                  System.out.printf(
                      Locale.ROOT,
                      "meta model with %s: %.1f %%%n",
                      module.stage(),
                      100 * module.measuredAccuracy().orElse(0.0)));
      System.out.printf(
          Locale.ROOT,
          "target model: %.1f %%%n",
          100 * report.model().measuredAccuracy().orElse(0.0));
    }
  }

  static IncubationReport incubate(
      SparkSession spark, String recipe, String data, String run, List<String> overrides) {
    return SparkDeepIncubation.on(spark)
        .recipe(Recipes.resolve(recipe, overrides))
        .trainingData(data)
        .runFolder(run)
        .run();
  }
}
