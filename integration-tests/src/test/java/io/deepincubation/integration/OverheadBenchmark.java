package io.deepincubation.integration;

import io.deepincubation.core.machine.TrainingJava;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What Spark and S3 cost: a module's incubation as a task of an executor against the same in a
 * process without Spark, at the same time, since machines drift; and two executors of one core
 * against one, beside what two processes without Spark reach on this machine. For an idle machine
 * of two cores or more; {@code docs/operations.md} tells the command.
 */
@EnabledIfSystemProperty(named = "deepincubation.benchmark", matches = "true")
class OverheadBenchmark {

  /**
   * Eight modules of a common width that take more than a minute each; real ones take hours. Four
   * to an executor leave little of an executor's start, and none waits long for the other's last.
   */
  private static final List<String> VALUES =
      List.of(
          "model.depth=16",
          "model.width=192",
          "division.modules=8",
          "incubation.epochs=20",
          "incubation.best.metric=''",
          "incubation.best.min-delta=0",
          "incubation.best.patience=0",
          "ema.decay=0");

  private static final Duration LIMIT = Duration.ofMinutes(30);

  /** Modules that are incubated without Spark. */
  private static final int IN_PROCESS = 4;

  /** Java's options and the allocator's, as {@code plan} suggests them. */
  private static final List<String> JAVA = List.of(TrainingJava.OPTIONS.split(" ", -1));

  private static final Map<String, String> ALLOCATOR =
      Map.of("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1024");

  private final Laboratory laboratory =
      new Laboratory("benchmark", SparkLine.SPARK_3_5, settings());

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

  @Test
  void printsRatios() throws IOException {
    try (laboratory;
        StandaloneCluster cluster = laboratory.cluster(2)) {
      Path images = laboratory.file("images");
      SmallRun.draw(images);
      // the store itself: the gateway, which plays the faults, would compute too
      Submission submission =
          Submission.to(cluster.masterUrl(), laboratory.home())
              .with("spark.hadoop.fs.s3a.endpoint", laboratory.store().endpoint());
      String local = laboratory.file("data").toUri().toString();
      SmallRun.finish(
          SmallRun.prepare(submission, images, local).start("prepare", laboratory.logs()));
      SmallRun.finish(
          SmallRun.prepare(submission, images, laboratory.uri("data"))
              .start("prepare-s3", laboratory.logs()));

      LocalProcess beside = startInProcess("beside", local);
      EventLog task = onExecutors(submission, "beside-executor", 1);
      reportOverhead(secondsOf(beside), task);

      List<Double> alone = secondsOf(startInProcess("alone", local));
      EventLog one = onExecutors(submission, "one-executor", 1);
      EventLog two = onExecutors(submission, "two-executors", 2);
      LocalProcess left = startInProcess("left", local);
      LocalProcess right = startInProcess("right", local);
      reportSpeedUp(one, two);
      reportBound(alone, List.of(secondsOf(left), secondsOf(right)));
    }
  }

  private LocalProcess startInProcess(String name, String data) {
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
            data,
            laboratory.file(name).toString(),
            "" + IN_PROCESS));
    command.addAll(VALUES);
    return LocalProcess.start(name, command, ALLOCATOR, laboratory.logs());
  }

  /** Of each module. */
  private static List<Double> secondsOf(LocalProcess process) {
    SmallRun.finish(process, LIMIT);
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

  private EventLog onExecutors(Submission submission, String name, int executors)
      throws IOException {
    Path events = Files.createDirectories(laboratory.file("events-" + name));
    SmallRun.finish(
        SmallRun.run(
                submission,
                laboratory,
                laboratory.uri("data"),
                laboratory.uri(name),
                VALUES.toArray(String[]::new))
            .with("spark.cores.max", "" + executors)
            .with("spark.eventLog.enabled", "true")
            .with("spark.eventLog.dir", events.toUri().toString())
            .start(name, laboratory.logs()),
        LIMIT);
    return EventLog.in(events);
  }

  private static void reportOverhead(List<Double> inProcess, EventLog executor) {
    List<Double> tasks = seconds(executor).subList(0, IN_PROCESS);
    print("in process, beside Spark", inProcess);
    print("Spark tasks, beside that process", tasks);
    System.out.printf(
        Locale.ROOT,
        "Spark task : in process, at the same time = %.3f (medians; the first module, which loads"
            + " libtorch, left out)%n",
        median(tasks) / median(inProcess));
  }

  private static void reportSpeedUp(EventLog one, EventLog two) {
    print("Spark tasks, one executor", seconds(one));
    print("Spark tasks, two executors", seconds(two));
    System.out.printf(
        Locale.ROOT,
        "one executor : two executors = %.3f (%.1f s : %.1f s for all modules; %.1f s : %.1f s of"
            + " processor, so %.3f at most, were nothing else there)%n",
        one.seconds() / two.seconds(),
        one.seconds(),
        two.seconds(),
        one.processorSeconds(),
        two.processorSeconds(),
        2 * one.processorSeconds() / two.processorSeconds());
  }

  private static void reportBound(List<Double> alone, List<List<Double>> sideBySide) {
    print("in process, alone", alone);
    sideBySide.forEach(seconds -> print("in process, two at a time", seconds));
    double slowed =
        sideBySide.stream().mapToDouble(OverheadBenchmark::median).average().orElseThrow();
    System.out.printf(
        Locale.ROOT,
        "two processes without Spark do %.3f times the work of one: what the machine allows%n",
        2 * median(alone) / slowed);
  }

  private static List<Double> seconds(EventLog log) {
    return log.tasks().stream().map(EventLog.Task::seconds).toList();
  }

  private static void print(String where, List<Double> seconds) {
    System.out.printf(
        Locale.ROOT, "seconds of each module, %s: %s%n", where, String.join(" ", words(seconds)));
  }

  private static List<String> words(List<Double> seconds) {
    return seconds.stream().map(value -> String.format(Locale.ROOT, "%.2f", value)).toList();
  }

  private static double median(List<Double> seconds) {
    List<Double> sorted = seconds.subList(1, seconds.size()).stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
