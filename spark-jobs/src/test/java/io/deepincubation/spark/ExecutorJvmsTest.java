package io.deepincubation.spark;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.deepincubation.core.data.set.LocalImageCache;
import io.deepincubation.core.method.DeepIncubation;
import io.deepincubation.core.method.IncubationReport;
import io.deepincubation.core.method.MethodRun;
import io.deepincubation.core.method.RunContext;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.spark.stages.PreparedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules in executors that are processes of their own. */
class ExecutorJvmsTest {

  @TempDir private Path folder;

  @Test
  void twoExecutorProcessesTwoThreadsAndOneThreadGiveTheSameWeights() throws IOException {
    Recipe recipe = TinyRuns.recipe();
    TinyRuns.draw(folder.resolve("data"));

    List<String> oneThread = digests(inProcess(recipe, "one", 1));
    List<String> twoThreads = digests(inProcess(recipe, "two", 2));
    List<String> twoProcesses = digests(inExecutors(recipe));

    assertThat(twoThreads).isEqualTo(oneThread);
    assertThat(twoProcesses).isEqualTo(oneThread);
  }

  private IncubationReport inProcess(Recipe recipe, String name, int slots) {
    PreparedData images = PreparedData.open(new LocalStorage(folder.resolve("data")), recipe);
    var context =
        new RunContext(
            images.architecture(),
            images.load(new LocalImageCache(folder.resolve("cache"), 1 << 30)),
            new RunFolder(new LocalStorage(folder.resolve(name))),
            RunObserver.NONE);
    var compute = new Compute(Device.cpu(), Arithmetic.FP32, 1);
    return MethodRun.inProcess(new DeepIncubation(), recipe, context, compute, slots).run();
  }

  private IncubationReport inExecutors(Recipe recipe) throws IOException {
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    try (SparkSession spark = twoExecutors()) {
      IncubationReport report =
          SparkDeepIncubation.on(spark)
              .recipe(recipe)
              .trainingData(folder.resolve("data").toString())
              .runFolder(folder.resolve("executors").toString())
              .run();
      int driverAndExecutors = spark.sparkContext().statusTracker().getExecutorInfos().length;
      assertThat(driverAndExecutors).isEqualTo(3);
      return report;
    }
  }

  private SparkSession twoExecutors() {
    return SparkSession.builder()
        .master("local-cluster[2,1,1024]")
        .appName("test")
        .config("spark.ui.enabled", "false")
        .config("spark.executor.memory", "1g")
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .config("spark.scheduler.minRegisteredResourcesRatio", "1")
        .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
        .config("spark.kryo.registrator", IncubationKryoRegistrator.class.getName())
        .config("spark.kryo.registrationRequired", "true")
        .config("spark.deepincubation.cache.directory", folder.resolve("cache").toString())
        .config("spark.deepincubation.driver.threads", "1")
        .getOrCreate();
  }

  private static List<String> digests(IncubationReport report) {
    return report.stages().stream().map(StageResult::sha256).toList();
  }
}
