package io.deepincubation.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.data.set.PreparedSetWriter;
import io.deepincubation.core.data.source.SyntheticShapes;
import io.deepincubation.core.method.IncubationReport;
import io.deepincubation.core.storage.LocalStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesTest {

  @TempDir private Path folder;

  @Test
  void augmentationsAreShown() throws IOException {
    Path sheet = folder.resolve("sheet.png");
    ShowAugmentations.main(new String[] {sheet.toString()});
    assertThat(ImageIO.read(sheet.toFile()).getHeight()).isEqualTo(15 * 100 + 4);
  }

  @Test
  void namedRecipeRunsOnASession() {
    new PreparedSetWriter(new LocalStorage(folder.resolve("data")))
        .write(new SyntheticShapes(1, 16, 128, 64), 1, 128);
    List<String> tiny =
        List.of(
            "model.image=16",
            "model.depth=4",
            "model.width=16",
            "meta.epochs=1",
            "meta.warm-up-epochs=0",
            "incubation.epochs=1",
            "incubation.warm-up-epochs=0",
            "fine-tuning.epochs=1");
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .getOrCreate()) {
      IncubationReport report =
          IncubateOnSpark.incubate(
              spark,
              "quickstart",
              folder.resolve("data").toUri().toString(),
              folder.resolve("run").toUri().toString(),
              tiny);
      assertThat(report.modules()).hasSize(4);
      assertThat(report.model().accuracy()).isBetween(0.0, 1.0);
    }
  }
}
