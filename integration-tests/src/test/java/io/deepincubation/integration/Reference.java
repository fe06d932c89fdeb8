package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;

/** What the small run gives on a quiet day: one process, local files. */
final class Reference {

  private static final Map<String, String> DIGESTS = compute();

  /** Made when it is asked for. */
  private static final class InRounds {
    static final String DIGEST = inRounds();
  }

  private Reference() {}

  /** SHA-256 of each stage's weights. */
  static Map<String, String> digests() {
    return DIGESTS;
  }

  /** SHA-256 of end-to-end training in rounds. */
  static String digestInRounds() {
    return InRounds.DIGEST;
  }

  private static Map<String, String> compute() {
    try (var laboratory =
        new Laboratory("reference", SparkLine.SPARK_3_5, SmallRun.inOneProcess())) {
      Submission local = Submission.to("local[2]", laboratory.home());
      String data = data(laboratory, local);
      Path run = laboratory.file("run");
      SmallRun.finish(
          SmallRun.run(local, laboratory, data, run.toUri().toString())
              .start("run", laboratory.logs()));
      Map<String, String> digests = new RunFiles(run).digests(SmallRun.STAGES);
      assertThat(digests).hasSize(SmallRun.STAGES.size());
      return digests;
    }
  }

  private static String data(Laboratory laboratory, Submission local) {
    Path images = laboratory.file("images");
    SmallRun.draw(images);
    String data = laboratory.file("data").toUri().toString();
    SmallRun.finish(SmallRun.prepare(local, images, data).start("prepare", laboratory.logs()));
    return data;
  }

  private static String inRounds() {
    try (var laboratory = new Laboratory("rounds", SparkLine.SPARK_3_5, SmallRun.inOneProcess())) {
      Submission local = Submission.to("local[1]", laboratory.home());
      String data = data(laboratory, local);
      Path run = laboratory.file("run");
      SmallRun.finish(
          SmallRun.endToEnd(local, laboratory, data, run.toUri().toString(), SmallRun.IN_ROUNDS)
              .start("run", laboratory.logs()));
      return new RunFiles(run)
          .result(SmallRun.END_TO_END)
          .orElseThrow()
          .get("sha256")
          .getAsString();
    }
  }
}
