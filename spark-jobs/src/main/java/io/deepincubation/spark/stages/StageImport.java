package io.deepincubation.spark.stages;

import io.deepincubation.core.method.RunInputs;
import io.deepincubation.core.method.Stage;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.run.Commits;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunRecord;
import io.deepincubation.core.run.StageKey;
import io.deepincubation.core.run.StageResult;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes committed stages of equal key from another run. */
final class StageImport {

  private static final Logger LOG = LoggerFactory.getLogger(StageImport.class);
  private static final String ARITHMETIC = "arithmetic";

  private final RunFolder other;
  private final RunInputs inputs;

  /**
   * Looks at the other run.
   *
   * @param other its folder
   * @param record of the run that takes
   * @param inputs images and initial weights of the run that takes
   * @throws UsageException if there is no run, or its products are computed in another arithmetic
   */
  StageImport(RunFolder other, RunRecord record, RunInputs inputs) {
    this.other = other;
    this.inputs = inputs;
    RunRecord there =
        other
            .runRecord()
            .orElseThrow(
                () ->
                    new UsageException(
                        "Cannot take stages from "
                            + other.uri()
                            + ": expected a run's folder, got one without run.json"));
    String ours = record.versions().getOrDefault(ARITHMETIC, "");
    String theirs = there.versions().getOrDefault(ARITHMETIC, "");
    if (!ours.equals(theirs)) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot take stages from %s: its products are computed in %s, here in %s; set"
                  + " precision=%s in a fresh --run",
              other.uri(),
              theirs,
              ours,
              theirs));
    }
  }

  /**
   * Copies a stage if the other run has it.
   *
   * @return whether it is committed now
   */
  boolean copy(Stage stage, Commits commits) {
    Optional<StageResult> found = other.result(stage.name());
    if (found.isEmpty()) {
      return false;
    }
    StageKey expected = stage.key(inputs);
    StageKey key = found.get().key();
    if (key == null || !key.equals(expected)) {
      LOG.info(
          "Stage {} of {} is another: {}",
          stage.name(),
          other.uri(),
          key == null ? "its version kept no key" : key.differences(expected));
      return false;
    }
    if (!needsAreTheSame(stage, commits)) {
      LOG.info(
          "Stage {} of {} was trained upon other bits of what it needs, such as by other threads",
          stage.name(),
          other.uri());
      return false;
    }
    commits.copy(found.get(), other);
    LOG.info("Took stage {} from {}", stage.name(), other.uri());
    return true;
  }

  /** Whether what a stage needs, as far as it is committed here, has the same bytes there. */
  private boolean needsAreTheSame(Stage stage, Commits commits) {
    return stage.needs().stream()
        .allMatch(
            need -> {
              Optional<String> here = commits.folder().result(need.name()).map(StageResult::sha256);
              Optional<String> there = other.result(need.name()).map(StageResult::sha256);
              return here.isEmpty() || here.equals(there);
            });
  }
}
