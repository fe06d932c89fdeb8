package io.deepincubation.spark.cli;

import io.deepincubation.core.method.Method;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "run",
    description =
        "Runs all stages of a method; of Deep Incubation meta pre-training, incubation of each"
            + " module, assembly, fine-tuning, each with an evaluation.")
final class Run extends StageVerb {

  @Mixin private final MethodOptions.Any method = new MethodOptions.Any();

  @Override
  Method method() {
    return method.method();
  }
}
