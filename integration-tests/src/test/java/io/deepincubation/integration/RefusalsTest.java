package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A store that will not let a run do what it wants. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusalsTest {

  private static final int STORAGE_REFUSED = 5;

  private final Laboratory laboratory =
      new Laboratory("refusals", SparkLine.SPARK_3_5, SmallRun.inOneProcess());

  @BeforeAll
  void prepareImages() {
    SmallRun.draw(laboratory.file("images"));
    LocalProcess driver =
        SmallRun.prepare(local(), laboratory.file("images"), laboratory.uri("data"))
            .start("prepare", laboratory.logs());
    assertThat(driver.awaitExit(SmallRun.LIMIT)).as(driver.err()).isZero();
  }

  @AfterEach
  void letAllPass() {
    laboratory.gateway().rule(FaultyGateway.passAll());
  }

  @AfterAll
  void close() {
    laboratory.close();
  }

  private Submission local() {
    return Submission.to("local[2]", laboratory.home());
  }

  private Submission run(String uri) {
    return SmallRun.run(local(), laboratory, laboratory.uri("data"), uri);
  }

  /** Ends with that status, and the user is told one line in so many words. */
  private static void isRefused(LocalProcess driver, String... words) {
    assertThat(driver.awaitExit(SmallRun.LIMIT)).as(driver.err()).isEqualTo(STORAGE_REFUSED);
    assertThat(driver.err().lines().filter(line -> line.startsWith("deep-incubation: ")))
        .singleElement()
        .asString()
        .contains(words);
  }

  @Test
  void wrongCredentials() {
    LocalProcess driver =
        run(laboratory.uri("wrong"))
            .with("spark.hadoop.fs.s3a.secret.key", "a-guess-at-the-key")
            .start("wrong", laboratory.logs());

    isRefused(driver, "Cannot look for s3a://lake/", "access denied; check the credentials");
    assertThat(Secrets.leaks(laboratory.logs(), laboratory.keys().words())).isEmpty();
    assertThat(driver.err()).doesNotContain("a-guess-at-the-key");
  }

  @Test
  void unknownBucket() {
    LocalProcess driver = run("s3a://nowhere/run").start("nowhere", laboratory.logs());

    isRefused(driver, "s3a://nowhere/run", "there is no such bucket");
  }

  @Test
  void aBucketThatBecomesReadOnlyLosesNothing() {
    LocalProcess first = run(laboratory.uri("run")).start("read-only-1", laboratory.logs());
    RunFiles files = new RunFiles(laboratory.object("run"));
    Await.untilTrue(
        "modules in the middle",
        SmallRun.LIMIT,
        () -> !files.modulesInTheMiddle(SmallRun.MODULES).isEmpty());
    laboratory.gateway().rule(FaultyGateway.refuseWrites());
    isRefused(first, "Cannot write s3a://lake/run/", "access denied");
    Map<Path, Long> before = content(laboratory.object(""));

    LocalProcess second = run(laboratory.uri("run")).start("read-only-2", laboratory.logs());
    isRefused(second, "s3a://lake/run", "access denied");
    assertThat(content(laboratory.object(""))).isEqualTo(before);

    laboratory.gateway().rule(FaultyGateway.passAll());
    LocalProcess third = run(laboratory.uri("run")).start("read-only-3", laboratory.logs());
    assertThat(third.awaitExit(SmallRun.LIMIT)).as(third.err()).isZero();
    assertThat(files.digests(SmallRun.STAGES)).isEqualTo(Reference.digests());
  }

  @Test
  void aSourceThatCannotBeRead() {
    LocalProcess driver =
        local()
            .with("spark.hadoop.fs.s3a.secret.key", "a-guess-at-the-key")
            .verb(
                "prepare",
                "--from",
                laboratory.uri("data/train"),
                "--to",
                laboratory.file("copy").toUri().toString())
            .start("source", laboratory.logs());

    isRefused(driver, "s3a://lake/data/train", "access denied; check the credentials");
    assertThat(laboratory.file("copy")).doesNotExist();
  }

  @Test
  void theDoctorSeesAStoreThatTakesNothing() {
    Submission doctor =
        local().verb("doctor", "--data", laboratory.uri("data"), "--run", laboratory.uri("health"));
    LocalProcess healthy = doctor.start("doctor", laboratory.logs());
    assertThat(healthy.awaitExit(SmallRun.LIMIT)).as(healthy.err()).isZero();
    assertThat(content(laboratory.object("health"))).isEmpty();

    laboratory.gateway().rule(FaultyGateway.refuseWrites());
    LocalProcess refused = doctor.start("doctor-refused", laboratory.logs());
    assertThat(refused.awaitExit(SmallRun.LIMIT)).as(refused.err()).isEqualTo(STORAGE_REFUSED);
    assertThat(refused.out()).contains("Cannot write s3a://lake/health", "access denied");
    assertThat(Secrets.leaks(laboratory.logs(), laboratory.keys().words())).isEmpty();
  }

  /** Length of each file. */
  private static Map<Path, Long> content(Path folder) {
    var content = new TreeMap<Path, Long>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        content.put(file, Files.size(file));
      }
      return content;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot walk " + folder, e);
    }
  }
}
