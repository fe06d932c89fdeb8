package io.deepincubation.spark.cli;

import io.deepincubation.core.method.MissingStageException;
import io.deepincubation.core.run.LeaseException;
import io.deepincubation.core.text.FirstLine;
import io.deepincubation.spark.stages.Fault;
import io.deepincubation.spark.storage.StorageFailure;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line. Its exit status: 0 done or already done, 2 wrong arguments or recipe, 3
 * unreadable or unfit data, 4 training diverged, 5 storage refused, 1 anything else.
 */
public final class Main {

  private static final String NAME = "deep-incubation: ";

  /** Options of the launcher and of spark-submit, which come before the verb. */
  private static final List<String> BEFORE_THE_VERB =
      List.of("--master", "--conf", "--packages", "--jars");

  private Main() {}

  /** Runs a verb and ends the process: Spark 3.5 can leave threads that keep it alive. */
  public static void main(String[] args) {
    PrintStream stdout =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    PrintStream stderr =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    System.exit(run(writer(stdout), writer(stderr), args));
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, /* autoFlush= */ true, StandardCharsets.UTF_8);
  }

  /**
   * Runs a verb.
   *
   * @param out takes what the verb has to say
   * @param err takes one line if it fails
   * @param args the verb and its options
   * @return the exit status
   */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    boolean verbose = Arrays.asList(args).contains(OutputOptions.VERBOSE);
    try {
      return commandLine()
          .setOut(out)
          .setErr(err)
          .setParameterExceptionHandler((e, words) -> misused(e, err))
          .setExecutionExceptionHandler((e, line, parsed) -> failed(e, err, verbose))
          .execute(args);
    } catch (Error e) {
      return failed(e, err, verbose);
    }
  }

  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new DeepIncubationCommand());
    commandLine.getSubcommands().values().forEach(Main::addHelp);
    return commandLine.setCaseInsensitiveEnumValuesAllowed(true);
  }

  private static void addHelp(CommandLine verb) {
    verb.getCommandSpec().mixinStandardHelpOptions(true);
    verb.getCommandSpec().versionProvider(new DeepIncubationCommand.Versions());
  }

  private static int misused(ParameterException failure, PrintWriter err) {
    err.println(NAME + complaint(failure));
    return Fault.USAGE.exitStatus();
  }

  private static String complaint(ParameterException failure) {
    CommandLine verb = failure.getCommandLine();
    Optional<String> misplaced = misplaced(failure);
    if (misplaced.isPresent()) {
      return "Cannot use " + misplaced.get() + " here: expected it before the verb";
    }
    if (failure instanceof UnmatchedArgumentException unmatched && verb.getParent() == null) {
      return String.format(
          Locale.ROOT,
          "Unknown verb %s: expected one of %s; see --help",
          unmatched.getUnmatched().get(0),
          String.join(", ", verb.getSubcommands().keySet()));
    }
    return FirstLine.of(failure) + "; see " + verb.getCommandSpec().qualifiedName() + " --help";
  }

  private static Optional<String> misplaced(ParameterException failure) {
    return failure instanceof UnmatchedArgumentException unmatched
        ? unmatched.getUnmatched().stream()
            .map(argument -> argument.replaceFirst("=.*", ""))
            .filter(BEFORE_THE_VERB::contains)
            .findFirst()
        : Optional.empty();
  }

  /** The one handler of all verbs' failures. */
  private static int failed(Throwable failure, PrintWriter err, boolean verbose) {
    if (isEnding()) {
      err.println(NAME + "Stopped by a signal; the same command goes on");
      return Fault.OTHER.exitStatus();
    }
    Throwable told =
        Fault.known(failure).map(Throwable.class::cast).orElseGet(() -> refused(failure));
    err.println(NAME + (Fault.of(told) == Fault.OTHER ? unexpected(told) : message(told)));
    if (verbose) {
      failure.printStackTrace(err);
    }
    return Fault.of(told).exitStatus();
  }

  /** What a file system refused deep inside of Spark, else the failure itself. */
  private static Throwable refused(Throwable failure) {
    return failure instanceof Exception exception
        ? StorageFailure.among("use", "the storage", exception)
            .map(Throwable.class::cast)
            .orElse(failure)
        : failure;
  }

  /** Whether a signal has begun to end this process; what fails from then on is its consequence. */
  private static boolean isEnding() {
    try {
      Runtime.getRuntime().removeShutdownHook(new Thread(() -> {}));
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  private static String message(Throwable failure) {
    return oneLine(String.valueOf(failure.getMessage()));
  }

  private static String unexpected(Throwable failure) {
    if (failure instanceof MissingStageException || failure instanceof LeaseException) {
      return message(failure);
    }
    String kind =
        failure instanceof IllegalStateException ? "" : failure.getClass().getName() + ": ";
    return kind + FirstLine.of(failure) + "; see " + OutputOptions.VERBOSE;
  }

  private static String oneLine(String message) {
    return String.join(" ", List.of(message.strip().split("\\s*\\R\\s*")));
  }
}
