package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A process that a scheduler asks to end (SIGTERM) while it trains. */
class EndedProcessTest {

  /** Of a process that SIGTERM ended. */
  private static final int TERMINATED = 143;

  private static final String STAGE = "baselines/e2e";

  /** Of one lane: a call into libtorch takes seconds, longer than Java waits for one by itself. */
  private static final String[] VALUES = {"model.depth=32", "model.width=192"};

  @Test
  void endsWithoutACrashAndGoesOn() {
    try (var laboratory = new Laboratory("ended", SparkLine.SPARK_3_5, SmallRun.inOneProcess())) {
      Path images = laboratory.file("images");
      SmallRun.draw(images);
      String data = laboratory.file("data").toUri().toString();
      Submission local = Submission.to("local[1]", laboratory.home());
      SmallRun.finish(SmallRun.prepare(local, images, data).start("prepare", laboratory.logs()));
      RunFiles quiet = new RunFiles(laboratory.file("quiet"));
      SmallRun.finish(training(laboratory, local, data, quiet).start("quiet", laboratory.logs()));

      RunFiles files = new RunFiles(laboratory.file("run"));
      Submission training = training(laboratory, local, data, files);
      LocalProcess ended = training.start("ended", laboratory.logs());
      Await.untilTrue("a stage in the middle", SmallRun.LIMIT, () -> files.isInTheMiddle(STAGE));
      assertThat(ended.handle().destroy()).isTrue();
      assertThat(ended.awaitExit(SmallRun.LIMIT)).as(ended.err()).isEqualTo(TERMINATED);
      assertThat(Crashes.told(laboratory.logs())).isEmpty();

      SmallRun.finish(training.start("goes-on", laboratory.logs()));
      assertThat(files.result(STAGE).orElseThrow().get("resumedFromStep").getAsInt()).isPositive();
      assertThat(files.digests(List.of(STAGE)))
          .isNotEmpty()
          .isEqualTo(quiet.digests(List.of(STAGE)));
    }
  }

  private static Submission training(
      Laboratory laboratory, Submission local, String data, RunFiles files) {
    return SmallRun.endToEnd(local, laboratory, data, files.folder().toUri().toString(), VALUES)
        .with("spark.deepincubation.checkpoint.steps", "2");
  }
}
