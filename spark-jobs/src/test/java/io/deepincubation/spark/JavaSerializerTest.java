package io.deepincubation.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.run.StageResult;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaSerializerTest {

  @Test
  void tasksTravelWithoutKryo(@TempDir Path folder) {
    TinyRuns.draw(folder.resolve("data"));
    try (SparkSession spark =
        TinyRuns.spark(folder.resolve("cache"), "org.apache.spark.serializer.JavaSerializer")) {
      SparkDeepIncubation incubation =
          SparkDeepIncubation.on(spark)
              .recipe(TinyRuns.recipe("meta.epochs=1", "incubation.epochs=1"))
              .trainingData(folder.resolve("data").toUri().toString())
              .runFolder(folder.resolve("run").toUri().toString());
      incubation.preTrainMetaModel();
      List<StageResult> modules = incubation.incubateModules();
      assertThat(modules).hasSize(TinyRuns.MODULES);
      assertThat(modules.get(0).threads()).isEqualTo(1);
    }
  }
}
