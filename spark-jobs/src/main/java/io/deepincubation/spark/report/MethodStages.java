package io.deepincubation.spark.report;

import java.util.List;

/**
 * The stages of a method, for a report.
 *
 * @param title its name for people
 * @param stages the names of its stages; the last one is the trained target model
 */
public record MethodStages(String title, List<String> stages) {

  /** Copies. */
  public MethodStages {
    stages = List.copyOf(stages);
  }

  /** The stage that is the trained target model. */
  String model() {
    return stages.get(stages.size() - 1);
  }
}
