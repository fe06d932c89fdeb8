package io.deepincubation.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.storage.LocalStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What notebooks rely on: jobs are of the group that the caller set, by which they are counted,
 * linked and stopped; an interrupt stops them too.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NotebookJobsTest {

  private static final String GROUP = "zeppelin|me|note|paragraph";
  private static final long SECONDS = 60;

  private final Path shared = temporaryFolder();
  private final SparkSession spark =
      TinyRuns.spark(shared.resolve("cache"), "org.apache.spark.serializer.KryoSerializer");
  private Thread paragraph = Thread.currentThread();
  private final JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("deep-incubation-test");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeAll
  void draw() {
    TinyRuns.draw(shared.resolve("data"));
  }

  @AfterAll
  void stop() {
    spark.stop();
    new LocalStorage(shared).delete("");
  }

  private SparkDeepIncubation incubation(Path run, String... overrides) {
    return SparkDeepIncubation.on(spark)
        .recipe(TinyRuns.recipe(overrides))
        .trainingData(shared.resolve("data").toString())
        .runFolder(run.toString());
  }

  @Test
  void jobsAreOfTheCallersGroup(@TempDir Path run) {
    context.setJobGroup(GROUP, "the paragraph's words");
    try {
      SparkDeepIncubation incubation = incubation(run, "incubation.epochs=1");
      incubation.preTrainMetaModel();
      incubation.incubateModules();

      assertThat(context.statusTracker().getJobIdsForGroup(GROUP)).hasSize(1);
      assertThat(context.getLocalProperty("spark.jobGroup.id")).isEqualTo(GROUP);
      assertThat(context.getLocalProperty("spark.job.description"))
          .isEqualTo("the paragraph's words");
      assertThat(context.getJobTags()).isEmpty();
    } finally {
      context.clearJobGroup();
    }
  }

  @Test
  void cancellingTheGroupStopsTheModules(@TempDir Path run) throws Exception {
    FutureTask<?> modules = modules(run);

    context.cancelJobGroup(GROUP);

    assertThatThrownBy(() -> modules.get(SECONDS, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("cancelled part of cancelled job group " + GROUP);
    nothingRuns();
  }

  @Test
  void anInterruptStopsTheModules(@TempDir Path run) throws Exception {
    FutureTask<?> modules = modules(run);

    paragraph.interrupt();

    assertThatThrownBy(() -> modules.get(SECONDS, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(CancellationException.class)
        .hasMessage(
            "Stopped stages modules/0, modules/1, a task each in this order; asked for again, it"
                + " goes on");
    nothingRuns();
  }

  /** Modules that would train for hours, once a task of theirs runs. */
  private FutureTask<?> modules(Path run) throws InterruptedException {
    incubation(run).preTrainMetaModel();
    var started = new CountDownLatch(1);
    var listener =
        new SparkListener() {
          @Override
          public void onTaskStart(SparkListenerTaskStart event) {
            started.countDown();
          }
        };
    context.sc().addSparkListener(listener);
    var modules =
        new FutureTask<>(
            () -> {
              context.setJobGroup(GROUP, "");
              return incubation(run, "incubation.epochs=1000000").incubateModules();
            });
    paragraph = new Thread(modules, "paragraph");
    paragraph.setDaemon(true);
    paragraph.start();
    assertThat(started.await(SECONDS, TimeUnit.SECONDS)).isTrue();
    context.sc().removeSparkListener(listener);
    return modules;
  }

  private void nothingRuns() {
    long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    while (context.statusTracker().getActiveJobIds().length > 0 && System.nanoTime() < end) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
    assertThat(context.statusTracker().getActiveJobIds()).isEmpty();
  }
}
