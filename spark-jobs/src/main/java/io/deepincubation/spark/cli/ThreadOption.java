package io.deepincubation.spark.cli;

import io.deepincubation.core.recipe.RecipeException;
import org.apache.spark.SparkConf;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How many processors the driver uses. */
final class ThreadOption {

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Processors for the stages of whole networks, on the driver; default all. Tasks use"
              + " spark.task.cpus. A run that goes on keeps the numbers that it began with.")
  private @Nullable Integer threads;

  /** Puts the number, if there is one, where the run looks for it. */
  void applyTo(SparkConf conf) {
    if (threads == null) {
      return;
    }
    if (threads < 1) {
      throw new RecipeException("Cannot use --threads: expected 1 or more, got " + threads);
    }
    conf.set("spark.deepincubation.driver.threads", threads.toString());
  }
}
