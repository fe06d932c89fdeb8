package io.deepincubation.spark.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** How a verb says what it did. */
final class OutputOptions {

  static final String VERBOSE = "--verbose";

  @Option(
      names = "--json",
      description = "Print one JSON object as the last line of standard output.")
  private boolean json;

  @Option(names = VERBOSE, description = "Log more, and print the stack trace of a failure.")
  private boolean verbose;

  boolean verbose() {
    return verbose;
  }

  void print(PrintWriter out, Answer answer) {
    if (json) {
      out.println(answer.json());
    } else {
      answer.lines().forEach(out::println);
    }
    out.flush();
  }
}
