package io.deepincubation.spark.cli;

import io.deepincubation.core.recipe.UsageException;
import org.apache.spark.SparkConf;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where whole networks are trained, and how wide. */
final class PlaceOptions {

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Processors for the stages of whole networks, on the driver; default all. Tasks use"
              + " spark.task.cpus. A run that goes on keeps the numbers that it began with.")
  private @Nullable Integer threads;

  @Option(
      names = "--train-on",
      paramLabel = "PLACE",
      description =
          "driver (default) or executor: where the meta model and baselines are trained; executor"
              + " is for a driver without a GPU.")
  private @Nullable String trainOn;

  @Option(
      names = "--fine-tune-on",
      paramLabel = "PLACE",
      description =
          "driver or executor: where the assembled model is measured and fine-tuned; default as"
              + " --train-on.")
  private @Nullable String fineTuneOn;

  /** Puts what was said where the run looks for it. */
  void applyTo(SparkConf conf) {
    if (trainOn != null) {
      conf.set("spark.deepincubation.train-on", trainOn);
    }
    if (fineTuneOn != null) {
      conf.set("spark.deepincubation.fine-tune-on", fineTuneOn);
    }
    if (threads != null) {
      applyThreads(threads, conf);
    }
  }

  private static void applyThreads(int threads, SparkConf conf) {
    if (threads < 1) {
      throw new UsageException("Cannot use --threads: expected 1 or more, got " + threads);
    }
    conf.set("spark.deepincubation.driver.threads", Integer.toString(threads));
  }
}
