package io.deepincubation.spark.comparison;

import io.deepincubation.core.comparison.ComparisonPlan;
import io.deepincubation.core.method.RunInputs;
import io.deepincubation.core.method.Stage;
import io.deepincubation.core.run.RunFolder;

/**
 * One training of a comparison, which several of its cells may be.
 *
 * @param name for people
 * @param folder its run folder, below the comparison's
 * @param dataUri the prepared set
 * @param cell what is trained
 * @param inputs images and initial weights
 */
record Training(
    String name, String folder, String dataUri, ComparisonPlan.Cell cell, RunInputs inputs) {

  private static final int KEY_DIGITS = 12;

  /** A cell's training. */
  static Training of(ComparisonPlan.Row row, ComparisonPlan.Cell cell, RunInputs inputs) {
    long seed = cell.recipe().seed();
    String key = cell.key(inputs).substring(0, KEY_DIGITS);
    return new Training(
        row.label() + ", seed " + seed,
        "cells/" + row.method().name() + "-seed-" + seed + "-" + key,
        row.set().uri(),
        cell,
        inputs);
  }

  /** Whether all of it is committed. */
  boolean isDone(RunFolder run) {
    return cell.stages().stream().allMatch(stage -> isCommitted(run, stage, inputs));
  }

  /** Whether a run's folder has a stage of that key. */
  static boolean isCommitted(RunFolder run, Stage stage, RunInputs inputs) {
    return run.result(stage.name())
        .map(result -> stage.key(inputs).equals(result.key()))
        .orElse(false);
  }
}
