package io.deepincubation.spark.cli;

import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.core.incubation.Method;
import io.deepincubation.core.incubation.Methods;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.spark.SparkDeepIncubation;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "baseline",
    description = "Trains the target model another way, with the same recipe and data.")
final class Baseline extends StageVerb {

  /** The methods to choose from, for the help. */
  static final class Rivals implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Methods.rivals().iterator();
    }
  }

  @Option(
      names = "--method",
      required = true,
      paramLabel = "METHOD",
      completionCandidates = Rivals.class,
      description = "One of ${COMPLETION-CANDIDATES}.")
  private String method = "";

  @Override
  Method method() {
    if (!Methods.rivals().contains(method)) {
      throw new UsageException(
          "Cannot train a baseline: expected --method of " + Methods.rivals() + ", got " + method);
    }
    return Methods.named(method);
  }

  @Override
  List<StageResult> train(SparkDeepIncubation incubation) {
    return incubation.run().stages();
  }
}
