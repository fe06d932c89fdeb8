package io.deepincubation.spark.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A verb of the command line. */
abstract class Verb implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private final OutputOptions output = new OutputOptions();

  /** Does the work. */
  abstract Answer answer();

  OutputOptions output() {
    return output;
  }

  @Override
  public final Integer call() {
    Answer answer = answer();
    output.print(spec.commandLine().getOut(), answer);
    if (answer.failure() != null) {
      throw answer.failure();
    }
    return 0;
  }
}
