package io.deepincubation.spark.report;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a report tells of a run besides its results.
 *
 * @param title the recipe's name, or whatever the run is known by
 * @param moduleCount modules of the target model, K
 * @param recipeYaml the resolved recipe
 * @param versions of the library, Spark, Java and libtorch, by name
 * @param environment hardware, data and whatever else the results depend on, by name
 */
public record ReportFacts(
    String title,
    int moduleCount,
    String recipeYaml,
    SortedMap<String, String> versions,
    SortedMap<String, String> environment) {

  /** Copies the maps. */
  public ReportFacts {
    versions = new TreeMap<>(versions);
    environment = new TreeMap<>(environment);
  }

  /** Facts from maps in any order. */
  public static ReportFacts of(
      String title,
      int moduleCount,
      String recipeYaml,
      Map<String, String> versions,
      Map<String, String> environment) {
    return new ReportFacts(
        title, moduleCount, recipeYaml, new TreeMap<>(versions), new TreeMap<>(environment));
  }
}
