package io.deepincubation.integration;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A {@code spark-submit} of the all-jar, to be started any number of times. Instances do not
 * change; each setting gives a new one.
 *
 * @param home whose {@code spark-submit} it is
 * @param options of {@code spark-submit}, such as {@code --master}
 * @param settings given with {@code --conf}
 * @param words the verb and its options
 */
public record Submission(
    SparkHome home, List<String> options, Map<String, String> settings, List<String> words) {

  private static final String MAIN = "io.deepincubation.spark.cli.Main";

  /** Copies. */
  public Submission {
    options = List.copyOf(options);
    settings = Map.copyOf(settings);
    words = List.copyOf(words);
  }

  /** A submission to a master. */
  public static Submission to(String master, SparkHome home) {
    return new Submission(home, List.of("--master", master), Map.of(), List.of());
  }

  /** With one more option of {@code spark-submit} and its value. */
  public Submission option(String name, String value) {
    var more = new ArrayList<>(options);
    more.add(name);
    more.add(value);
    return new Submission(home, more, settings, words);
  }

  /** With one more {@code --conf}. */
  public Submission with(String key, String value) {
    var more = new LinkedHashMap<>(settings);
    more.put(key, value);
    return new Submission(home, options, more, words);
  }

  /** With a verb and its options. */
  public Submission verb(String... verbAndOptions) {
    return new Submission(home, options, settings, List.of(verbAndOptions));
  }

  /**
   * Starts it; in client mode the process is the driver's.
   *
   * @param name of its log files
   * @param logs their folder
   */
  public LocalProcess start(String name, Path logs) {
    return LocalProcess.start(name, command(), home.environment(), logs);
  }

  private List<String> command() {
    var command = new ArrayList<String>();
    command.add(home.sparkSubmit().toString());
    command.addAll(options);
    settings.forEach(
        (key, value) -> {
          command.add("--conf");
          command.add(key + "=" + value);
        });
    command.addAll(List.of("--class", MAIN, Artefacts.allJar().toString()));
    command.addAll(words);
    return command;
  }
}
