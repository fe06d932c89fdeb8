package io.deepincubation.spark.cli;

import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.core.incubation.DeepIncubation;
import io.deepincubation.core.incubation.Method;
import io.deepincubation.core.incubation.Methods;
import io.deepincubation.spark.SparkDeepIncubation;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "run",
    description =
        "Runs all stages of a method; of Deep Incubation meta pre-training, incubation of each"
            + " module, assembly, fine-tuning, each with an evaluation.")
final class Run extends StageVerb {

  /** The methods to choose from, for the help. */
  static final class Known implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Methods.names().iterator();
    }
  }

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      defaultValue = DeepIncubation.NAME,
      completionCandidates = Known.class,
      description = "One of ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private String method = DeepIncubation.NAME;

  @Override
  Method method() {
    return Methods.named(method);
  }

  @Override
  List<StageResult> train(SparkDeepIncubation incubation) {
    return incubation.run().stages();
  }
}
