package io.deepincubation.spark.cli;

import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.spark.cluster.Version;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

@Command(
    name = "deep-incubation",
    description = "Trains large models on Apache Spark by divide-and-conquer (Deep Incubation).",
    mixinStandardHelpOptions = true,
    versionProvider = DeepIncubationCommand.Versions.class,
    synopsisSubcommandLabel = "VERB",
    commandListHeading = "%nVerbs:%n",
    footer = {
      "",
      "Exit status: 0 done or already done; 2 wrong arguments or recipe; 3 unreadable or unfit",
      "data; 4 training diverged; 5 storage refused; 1 anything else."
    },
    subcommands = {
      Quickstart.class,
      Prepare.class,
      Init.class,
      Run.class,
      PretrainMeta.class,
      Incubate.class,
      Assemble.class,
      FineTune.class,
      Evaluate.class,
      Baseline.class,
      Transfer.class,
      Compare.class,
      Report.class,
      Predict.class,
      Export.class,
      Bench.class,
      Plan.class,
      Diagnose.class,
      BenchInput.class
    })
final class DeepIncubationCommand implements Callable<Integer> {

  @Override
  public Integer call() {
    throw new UsageException("Cannot start: expected a verb, got none; see --help");
  }

  /** What {@code --version} prints. */
  static final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"deep-incubation " + Version.ofThisLibrary()};
    }
  }
}
