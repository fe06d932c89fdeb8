package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;

/** What the small run gives on a quiet day: one process, local files. */
final class Reference {

  private static final Map<String, String> DIGESTS = compute();

  private Reference() {}

  /** SHA-256 of each stage's weights. */
  static Map<String, String> digests() {
    return DIGESTS;
  }

  private static Map<String, String> compute() {
    try (var laboratory =
        new Laboratory("reference", SparkLine.SPARK_3_5, SmallRun.inOneProcess())) {
      Path images = laboratory.file("images");
      SmallRun.draw(images);
      Submission local = Submission.to("local[2]", laboratory.home());
      String data = laboratory.file("data").toUri().toString();
      Path run = laboratory.file("run");
      SmallRun.finish(SmallRun.prepare(local, images, data).start("prepare", laboratory.logs()));
      SmallRun.finish(
          SmallRun.run(local, laboratory, data, run.toUri().toString())
              .start("run", laboratory.logs()));
      Map<String, String> digests = new RunFiles(run).digests(SmallRun.STAGES);
      assertThat(digests).hasSize(SmallRun.STAGES.size());
      return digests;
    }
  }
}
