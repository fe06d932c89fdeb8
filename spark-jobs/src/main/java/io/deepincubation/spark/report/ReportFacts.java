package io.deepincubation.spark.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a report tells of a run besides its results.
 *
 * @param title the recipe's name, or whatever the run is known by
 * @param moduleCount modules of the target model, K
 * @param methods that may have run, in the order in which the report shows them
 * @param recipeYaml the resolved recipe
 * @param versions of the library, Spark, Java and libtorch, by name
 * @param environment hardware, data and whatever else the results depend on, by name
 * @param classNames of the classes that networks tell apart, by number; empty where nobody told
 * @param scenes pictures of test images as annotated and as predicted, JPEG files by stage; empty
 *     where whole images are classified
 */
public record ReportFacts(
    String title,
    int moduleCount,
    List<MethodStages> methods,
    String recipeYaml,
    SortedMap<String, String> versions,
    SortedMap<String, String> environment,
    List<String> classNames,
    Map<String, byte[]> scenes) {

  /** Copies. */
  public ReportFacts {
    methods = List.copyOf(methods);
    versions = new TreeMap<>(versions);
    environment = new TreeMap<>(environment);
    classNames = List.copyOf(classNames);
    scenes = Collections.unmodifiableMap(new LinkedHashMap<>(scenes));
  }

  /** Facts from maps in any order. */
  public static ReportFacts of(
      String title,
      int moduleCount,
      List<MethodStages> methods,
      String recipeYaml,
      Map<String, String> versions,
      Map<String, String> environment) {
    return new ReportFacts(
        title,
        moduleCount,
        methods,
        recipeYaml,
        new TreeMap<>(versions),
        new TreeMap<>(environment),
        List.of(),
        Map.of());
  }

  /** The same with the names of the classes. */
  public ReportFacts classNames(List<String> names) {
    return new ReportFacts(
        title, moduleCount, methods, recipeYaml, versions, environment, names, scenes);
  }

  /** The same with pictures of test images, JPEG files by stage. */
  public ReportFacts scenes(Map<String, byte[]> pictures) {
    return new ReportFacts(
        title, moduleCount, methods, recipeYaml, versions, environment, classNames, pictures);
  }
}
