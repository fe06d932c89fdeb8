package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What Spark and S3 cost: a module's incubation as a task of an executor against the same in a
 * process without Spark, and two executors of one core against one, beside what two processes
 * without Spark reach on this machine. For an idle machine of two cores or more; {@code
 * docs/operations.md} tells the command.
 */
@EnabledIfSystemProperty(named = "deepincubation.benchmark", matches = "true")
class OverheadBenchmark {

  /** So long that a module takes most of a minute; real ones take hours. */
  private static final String EPOCHS = "incubation.epochs=60";

  private final Laboratory laboratory =
      new Laboratory("benchmark", SparkLine.SPARK_3_5, settings());

  /** Those of the small run, but for checkpoints and heartbeats, which come as by default. */
  private static Map<String, String> settings() {
    var settings = new HashMap<>(SmallRun.SETTINGS);
    settings.remove("spark.deepincubation.checkpoint.steps");
    settings.remove("spark.executor.heartbeatInterval");
    return settings;
  }

  @Test
  void printsRatios() throws IOException {
    try (laboratory;
        StandaloneCluster cluster = laboratory.cluster(2)) {
      Path images = laboratory.file("images");
      SmallRun.draw(images);
      Submission submission = Submission.to(cluster.masterUrl(), laboratory.home());
      String local = laboratory.file("data").toUri().toString();
      finish(SmallRun.prepare(submission, images, local).start("prepare", laboratory.logs()));
      finish(
          SmallRun.prepare(submission, images, laboratory.uri("data"))
              .start("prepare-s3", laboratory.logs()));

      List<Double> alone = secondsOf(startInProcess("in-process", local));
      EventLog one = onExecutors(submission, 1);
      EventLog two = onExecutors(submission, 2);
      LocalProcess left = startInProcess("left", local);
      LocalProcess right = startInProcess("right", local);
      report(alone, one, two, List.of(secondsOf(left), secondsOf(right)));
    }
  }

  private LocalProcess startInProcess(String name, String data) {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-Xmx1g",
            "-cp",
            String.join(
                ":",
                testClasses(),
                Artefacts.allJar().toString(),
                laboratory.home().folder() + "/jars/*"),
            InProcess.class.getName(),
            SmallRun.recipe(laboratory).toString(),
            EPOCHS,
            data,
            laboratory.file(name).toString());
    return LocalProcess.start(name, command, Map.of(), laboratory.logs());
  }

  /** Of each module. */
  private static List<Double> secondsOf(LocalProcess process) {
    finish(process);
    return process.out().lines().map(Double::valueOf).toList();
  }

  private static String testClasses() {
    try {
      return Path.of(InProcess.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("Cannot find the classes of the tests", e);
    }
  }

  private EventLog onExecutors(Submission submission, int executors) throws IOException {
    String name = "executors-" + executors;
    Path events = Files.createDirectories(laboratory.file("events-" + executors));
    finish(
        SmallRun.run(submission, laboratory, laboratory.uri("data"), laboratory.uri(name), EPOCHS)
            .with("spark.cores.max", "" + executors)
            .with("spark.eventLog.enabled", "true")
            .with("spark.eventLog.dir", events.toUri().toString())
            .start(name, laboratory.logs()));
    return EventLog.in(events);
  }

  private static void report(
      List<Double> alone, EventLog one, EventLog two, List<List<Double>> sideBySide) {
    List<Double> tasks = one.tasks().stream().map(EventLog.Task::seconds).toList();
    print("in process", alone);
    print("Spark tasks, one executor", tasks);
    print("Spark tasks, two executors", two.tasks().stream().map(EventLog.Task::seconds).toList());
    System.out.printf(
        Locale.ROOT,
        "Spark task : in process = %.3f (medians; the first module, which loads libtorch, left"
            + " out)%n",
        median(tasks) / median(alone));
    System.out.printf(
        Locale.ROOT,
        "one executor : two executors = %.3f (%.1f s : %.1f s for all modules)%n",
        one.seconds() / two.seconds(),
        one.seconds(),
        two.seconds());
    sideBySide.forEach(seconds -> print("two processes without Spark", seconds));
    double slowed =
        sideBySide.stream().mapToDouble(OverheadBenchmark::median).average().orElseThrow();
    System.out.printf(
        Locale.ROOT,
        "two processes without Spark do %.3f times the work of one: what the machine allows%n",
        2 * median(alone) / slowed);
  }

  private static void print(String where, List<Double> seconds) {
    System.out.printf("seconds of each module, %s: %s%n", where, String.join(" ", words(seconds)));
  }

  private static List<String> words(List<Double> seconds) {
    return seconds.stream().map(value -> String.format(Locale.ROOT, "%.2f", value)).toList();
  }

  private static double median(List<Double> seconds) {
    List<Double> sorted = seconds.subList(1, seconds.size()).stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  private static void finish(LocalProcess process) {
    assertThat(process.awaitExit(SmallRun.LIMIT)).as(process.err()).isZero();
  }
}
