package io.deepincubation.integration;

import io.deepincubation.core.machine.TrainingJava;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What benchmarks of a cluster measure on: two workers of one core, images on S3, and the same
 * images for processes without Spark on the same machine.
 */
final class BenchmarkBed implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofMinutes(30);

  /** Java's options and the allocator's, as {@code plan} suggests them. */
  private static final List<String> JAVA = List.of(TrainingJava.OPTIONS.split(" ", -1));

  private static final Map<String, String> ALLOCATOR =
      Map.of("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1024");

  private final Laboratory laboratory =
      new Laboratory("benchmark", SparkLine.SPARK_3_5, settings());

  private final StandaloneCluster cluster = laboratory.cluster(2);
  private final Submission submission;
  private final String local = laboratory.file("data").toUri().toString();

  /** Starts the cluster and prepares images. */
  BenchmarkBed() {
    // the store itself: the gateway, which plays the faults, would compute too
    submission =
        Submission.to(cluster.masterUrl(), laboratory.home())
            .with("spark.hadoop.fs.s3a.endpoint", laboratory.store().endpoint());
    Path images = laboratory.file("images");
    SmallRun.draw(images);
    prepare(images, local, "prepare");
    prepare(images, laboratory.uri("data"), "prepare-s3");
  }

  private void prepare(Path images, String to, String name) {
    SmallRun.finish(SmallRun.prepare(submission, images, to).start(name, laboratory.logs()));
  }

  /** Those of the small run, with checkpoints and heartbeats as by default. */
  private static Map<String, String> settings() {
    var settings = new HashMap<>(SmallRun.SETTINGS);
    settings.remove("spark.deepincubation.checkpoint.steps");
    settings.remove("spark.executor.heartbeatInterval");
    settings.put("spark.driver.extraJavaOptions", String.join(" ", JAVA));
    settings.put("spark.executor.extraJavaOptions", String.join(" ", JAVA));
    ALLOCATOR.forEach((name, value) -> settings.put("spark.executorEnv." + name, value));
    return settings;
  }

  /**
   * Begins to incubate modules in a process without Spark, one after the other.
   *
   * @param modules how many
   * @param values of the recipe
   */
  LocalProcess startInProcess(String name, int modules, List<String> values) {
    var command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xmx1g"));
    command.addAll(JAVA);
    command.addAll(
        List.of(
            "-cp",
            String.join(
                ":",
                testClasses(),
                Artefacts.allJar().toString(),
                laboratory.home().folder() + "/jars/*"),
            InProcess.class.getName(),
            SmallRun.recipe(laboratory).toString(),
            local,
            laboratory.file(name).toString(),
            "" + modules));
    command.addAll(values);
    return LocalProcess.start(name, command, ALLOCATOR, laboratory.logs());
  }

  private static String testClasses() {
    try {
      return Path.of(InProcess.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("Cannot find the classes of the tests", e);
    }
  }

  /** Waits for a process without Spark, and tells the seconds of each of its modules. */
  static List<Double> secondsOf(LocalProcess process) {
    SmallRun.finish(process, LIMIT);
    return process.out().lines().map(Double::valueOf).toList();
  }

  /** Runs the whole method on so many executors. */
  EventLog run(String name, int executors, List<String> values) {
    return finish(SmallRun::run, submission, name, executors, values);
  }

  /** Trains end to end on so many executors. */
  EventLog endToEnd(String name, int executors, List<String> values) {
    Submission onExecutors = submission.with("spark.deepincubation.train-on", "executor");
    return finish(SmallRun::endToEnd, onExecutors, name, executors, values);
  }

  /** A command of the small run. */
  private interface Command {
    Submission of(
        Submission submission, Laboratory laboratory, String data, String run, String... values);
  }

  private EventLog finish(
      Command command, Submission submitted, String name, int executors, List<String> values) {
    try {
      Path events = Files.createDirectories(laboratory.file("events-" + name));
      SmallRun.finish(
          command
              .of(
                  submitted,
                  laboratory,
                  laboratory.uri("data"),
                  laboratory.uri(name),
                  values.toArray(String[]::new))
              .with("spark.cores.max", "" + executors)
              .with("spark.eventLog.enabled", "true")
              .with("spark.eventLog.dir", events.toUri().toString())
              .start(name, laboratory.logs()),
          LIMIT);
      return EventLog.in(events);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a run has left in its folder. */
  RunFiles files(String name) {
    return new RunFiles(laboratory.object(name));
  }

  /**
   * Prints how much more two processes without Spark do than one.
   *
   * @param alone seconds of each module
   * @param sideBySide of two processes at the same time
   */
  static void printBound(List<Double> alone, List<List<Double>> sideBySide) {
    print("in process, alone", alone);
    sideBySide.forEach(seconds -> print("in process, two at a time", seconds));
    double slowed = sideBySide.stream().mapToDouble(BenchmarkBed::median).average().orElseThrow();
    System.out.printf(
        Locale.ROOT,
        "two processes without Spark do %.3f times the work of one: what the machine allows%n",
        2 * median(alone) / slowed);
  }

  /** Prints the seconds of each module. */
  static void print(String where, List<Double> seconds) {
    System.out.printf(
        Locale.ROOT, "seconds of each module, %s: %s%n", where, String.join(" ", words(seconds)));
  }

  private static List<String> words(List<Double> seconds) {
    return seconds.stream().map(value -> String.format(Locale.ROOT, "%.2f", value)).toList();
  }

  /** Of all but the first, in which libtorch is loaded. */
  static double median(List<Double> seconds) {
    List<Double> sorted = seconds.subList(1, seconds.size()).stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  @Override
  public void close() {
    laboratory.close();
  }
}
