package io.deepincubation.integration;

import static io.deepincubation.integration.BenchmarkBed.median;
import static io.deepincubation.integration.BenchmarkBed.print;
import static io.deepincubation.integration.BenchmarkBed.secondsOf;

import java.util.List;
import java.util.Locale;
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

  /** Modules that are incubated without Spark. */
  private static final int IN_PROCESS = 4;

  @Test
  void printsRatios() {
    try (var bed = new BenchmarkBed()) {
      LocalProcess beside = bed.startInProcess("beside", IN_PROCESS, VALUES);
      EventLog task = bed.run("beside-executor", 1, VALUES);
      reportOverhead(secondsOf(beside), task);

      List<Double> alone = secondsOf(bed.startInProcess("alone", IN_PROCESS, VALUES));
      EventLog one = bed.run("one-executor", 1, VALUES);
      EventLog two = bed.run("two-executors", 2, VALUES);
      LocalProcess left = bed.startInProcess("left", IN_PROCESS, VALUES);
      LocalProcess right = bed.startInProcess("right", IN_PROCESS, VALUES);
      reportSpeedUp(one, two);
      BenchmarkBed.printBound(alone, List.of(secondsOf(left), secondsOf(right)));
    }
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

  private static List<Double> seconds(EventLog log) {
    return log.tasks().stream().map(EventLog.Task::seconds).toList();
  }
}
