package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What may go wrong on a cluster with S3, and changes nothing: every run ends in the weights of a
 * quiet day, and what was finished is not trained again.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultsTest {

  private static final int WORKERS = 2;

  private final Laboratory laboratory =
      new Laboratory("faults", SparkLine.SPARK_3_5, SmallRun.SETTINGS);
  private final StandaloneCluster cluster = laboratory.cluster(WORKERS);

  @BeforeAll
  void prepareImages() {
    SmallRun.draw(laboratory.file("images"));
    LocalProcess driver =
        SmallRun.prepare(submission(), laboratory.file("images"), laboratory.uri("data"))
            .start("prepare", laboratory.logs());
    SmallRun.finish(driver);
  }

  @AfterAll
  void close() {
    laboratory.close();
  }

  private Submission submission() {
    return Submission.to(cluster.masterUrl(), laboratory.home());
  }

  private Submission run(String name) {
    return SmallRun.run(
        submission(), laboratory, laboratory.uri("data"), laboratory.uri("runs/" + name));
  }

  private LocalProcess start(Submission submission, String name) {
    return submission.start(name, laboratory.logs());
  }

  private RunFiles files(String name) {
    return new RunFiles(laboratory.object("runs/" + name));
  }

  private void isAsOnAQuietDay(String name) {
    assertThat(files(name).digests(SmallRun.STAGES)).isEqualTo(Reference.digests());
    assertThat(moduleResults(name))
        .allSatisfy(result -> assertThat(number(result, "steps")).isEqualTo(SmallRun.MODULE_STEPS));
    List<String> keys = laboratory.keys().words();
    assertThat(Secrets.leaks(laboratory.logs(), keys)).isEmpty();
    assertThat(Secrets.leaks(cluster.folder(), keys)).isEmpty();
    assertThat(Secrets.leaks(files(name).folder(), keys)).isEmpty();
    assertThat(Crashes.told(laboratory.logs())).isEmpty();
    assertThat(Crashes.told(cluster.folder())).isEmpty();
  }

  /** Waits until both executors are in the middle of a module. */
  private void awaitTheMiddle(String name) {
    Await.untilTrue(
        "two modules in the middle",
        SmallRun.LIMIT,
        () -> files(name).modulesInTheMiddle(SmallRun.MODULES).size() == WORKERS);
  }

  /** The results of the modules that more than one attempt worked on. */
  private List<JsonObject> repeatedModules(String name) {
    return moduleResults(name).stream().filter(result -> number(result, "attempt") > 0).toList();
  }

  private List<JsonObject> moduleResults(String name) {
    return IntStream.range(0, SmallRun.MODULES)
        .mapToObj(i -> files(name).result("modules/" + i).orElseThrow())
        .toList();
  }

  private static long number(JsonObject result, String key) {
    return result.get(key).getAsLong();
  }

  /** One module went on from a checkpoint; the others were trained once, from end to end. */
  private void oneModuleWentOn(String name) {
    assertThat(repeatedModules(name))
        .singleElement()
        .satisfies(result -> assertThat(number(result, "resumedFromStep")).isPositive());
    assertThat(moduleResults(name))
        .filteredOn(result -> number(result, "attempt") == 0)
        .hasSize(SmallRun.MODULES - 1)
        .allSatisfy(result -> assertThat(number(result, "resumedFromStep")).isZero());
  }

  @Test
  void aQuietRunGivesTheWeightsOfOneProcess() {
    SmallRun.finish(start(run("quiet"), "quiet"));

    isAsOnAQuietDay("quiet");
    assertThat(repeatedModules("quiet")).isEmpty();
  }

  @Test
  void anExecutorKilledInMidModule() {
    LocalProcess driver = start(run("executor"), "executor");
    awaitTheMiddle("executor");
    assertThat(cluster.executor(0).destroyForcibly()).isTrue();
    SmallRun.finish(driver);

    isAsOnAQuietDay("executor");
    oneModuleWentOn("executor");
  }

  @Test
  void anExecutorAskedToEndInMidModule() {
    LocalProcess driver = start(run("ended"), "ended");
    awaitTheMiddle("ended");
    ProcessHandle executor = cluster.executor(0);
    assertThat(executor.destroy()).isTrue();
    Await.untilTrue("the executor's end", SmallRun.LIMIT, () -> !executor.isAlive());
    SmallRun.finish(driver);

    isAsOnAQuietDay("ended");
    oneModuleWentOn("ended");
    noStepIsRepeated("ended");
  }

  /** It goes on from the very step that its last attempt kept before it stopped. */
  private void noStepIsRepeated(String name) {
    JsonObject wentOn = repeatedModules(name).get(0);
    String stopped = "Stopped " + wentOn.get("stage").getAsString() + " after step ";
    List<String> told = Logs.lines(cluster.folder(), stopped);
    assertThat(told).isNotEmpty();
    assertThat(told.get(told.size() - 1))
        .contains(stopped + number(wentOn, "resumedFromStep") + " of ");
  }

  /** Spark's notice before a machine is taken away: the executor still runs its tasks. */
  @Test
  void aDecommissionedExecutorWritesItsStateAndNoStepIsRepeated() {
    LocalProcess driver =
        start(run("noticed").with("spark.decommission.enabled", "true"), "noticed");
    awaitTheMiddle("noticed");
    ProcessHandle executor = cluster.executor(0);
    Signals.send(executor, "PWR");
    Await.untilTrue("the executor's end", SmallRun.LIMIT, () -> !executor.isAlive());
    SmallRun.finish(driver);

    isAsOnAQuietDay("noticed");
    oneModuleWentOn("noticed");
    noStepIsRepeated("noticed");
  }

  @Test
  void aDriverKilledAndSubmittedAgain() {
    LocalProcess driver = start(run("driver"), "driver-1");
    Await.untilTrue(
        "a module in the middle that began when another was finished",
        SmallRun.LIMIT,
        () ->
            files("driver").modulesInTheMiddle(SmallRun.MODULES).stream()
                .anyMatch(i -> i >= WORKERS));
    driver.kill();
    Map<Integer, String> finished =
        files("driver").finishedModules(SmallRun.MODULES).stream()
            .collect(Collectors.toMap(Function.identity(), i -> moduleText("driver", i)));
    SmallRun.finish(start(run("driver"), "driver-2"));

    isAsOnAQuietDay("driver");
    assertThat(finished)
        .hasSizeBetween(1, SmallRun.MODULES - 1)
        .allSatisfy((i, text) -> assertThat(moduleText("driver", i)).isEqualTo(text));
    assertThat(moduleResults("driver"))
        .anySatisfy(result -> assertThat(number(result, "resumedFromStep")).isPositive());
  }

  private String moduleText(String name, int moduleIndex) {
    return files(name).resultText("modules/" + moduleIndex).orElseThrow();
  }

  private Submission inRounds(String name) {
    return SmallRun.endToEnd(
        submission(),
        laboratory,
        laboratory.uri("data"),
        laboratory.uri("runs/" + name),
        SmallRun.IN_ROUNDS);
  }

  private void awaitRound(String name, int round) {
    Await.untilTrue(
        "round " + round,
        SmallRun.LIMIT,
        () -> files(name).round(SmallRun.END_TO_END).equals(OptionalInt.of(round)));
  }

  @Test
  void aStageInRoundsOutlivesAnExecutorAndItsDriver() {
    LocalProcess driver = start(inRounds("rounds"), "rounds-1");
    awaitRound("rounds", 2);
    assertThat(cluster.executor(0).destroyForcibly()).isTrue();
    awaitRound("rounds", 5);
    driver.kill();
    SmallRun.finish(start(inRounds("rounds"), "rounds-2"));

    JsonObject result = files("rounds").result(SmallRun.END_TO_END).orElseThrow();
    assertThat(result.get("sha256").getAsString()).isEqualTo(Reference.digestInRounds());
    Map<String, Long> done =
        files("rounds").attempts().stream()
            .filter(attempt -> attempt.get("workers").getAsInt() > 1)
            .filter(attempt -> attempt.get("outcome").getAsString().equals("DONE"))
            .collect(
                Collectors.groupingBy(
                    part -> part.get("round") + "." + part.get("worker"), Collectors.counting()));
    assertThat(done)
        .as("parts of rounds, of which those that the killed driver did not hear of lack")
        .hasSizeBetween(
            SmallRun.ROUNDS * SmallRun.WORKERS - WORKERS, SmallRun.ROUNDS * SmallRun.WORKERS)
        .allSatisfy((part, times) -> assertThat(times).as(part).isEqualTo(1));
    assertThat(Crashes.told(cluster.folder())).isEmpty();
  }

  @Test
  void aStageInRoundsOnFourExecutorsGivesTheWeightsOfOneProcess() {
    cluster.addWorker();
    cluster.addWorker();
    SmallRun.finish(start(inRounds("four"), "four"));
    cluster.loseWorker();
    cluster.loseWorker();

    JsonObject result = files("four").result(SmallRun.END_TO_END).orElseThrow();
    assertThat(result.get("sha256").getAsString()).isEqualTo(Reference.digestInRounds());
    assertThat(
            files("four").attempts().stream()
                .filter(attempt -> attempt.get("workers").getAsInt() > 1)
                .map(attempt -> attempt.get("executor").getAsString())
                .distinct())
        .as("executors that had a part")
        .hasSize(4);
  }

  @Test
  void aWorkerLostForGood() {
    LocalProcess driver = start(run("worker"), "worker");
    awaitTheMiddle("worker");
    cluster.loseWorker();
    SmallRun.finish(driver);
    cluster.addWorker();

    isAsOnAQuietDay("worker");
    oneModuleWentOn("worker");
  }

  @Test
  void aSlowExecutorAndSpeculation() {
    Submission speculating =
        run("slow")
            .with("spark.speculation", "true")
            .with("spark.speculation.interval", "500ms")
            .with("spark.speculation.minTaskRuntime", "1s")
            .with("spark.speculation.multiplier", "1.2")
            .with("spark.speculation.quantile", "0.5")
            .with("spark.network.timeout", "10min");
    LocalProcess driver = start(speculating, "slow");
    awaitTheMiddle("slow");
    try (var slow = new SlowMotion(cluster.executor(0))) {
      SmallRun.finish(driver);
    }

    isAsOnAQuietDay("slow");
    oneModuleWentOn("slow");
  }

  @Test
  void aStoreThatRefusesATenthOfRequestsAndThenAll() {
    FaultyGateway.Rule tenth = FaultyGateway.refuseShare(0.1, /* seed= */ 11);
    laboratory.gateway().rule(tenth);
    try {
      LocalProcess driver = start(run("store"), "store");
      awaitTheMiddle("store");
      assertThat(laboratory.gateway().refusals()).isPositive();
      laboratory.gateway().rule(FaultyGateway.refuseAllFor(Duration.ofSeconds(20), tenth));
      SmallRun.finish(driver);
    } finally {
      laboratory.gateway().rule(FaultyGateway.passAll());
    }

    isAsOnAQuietDay("store");
  }
}
