package io.deepincubation.spark.cli;

import io.deepincubation.core.method.Method;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "baseline",
    description = "Trains the target model another way, with the same recipe and data.")
final class Baseline extends StageVerb {

  @Mixin private final MethodOptions.Rival method = new MethodOptions.Rival();

  @Override
  Method method() {
    return method.method();
  }
}
