package io.deepincubation.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.batch.Batch;
import io.deepincubation.core.data.batch.ClassTargets;
import io.deepincubation.core.data.batch.ImageSamples;
import io.deepincubation.core.data.batch.TrainingBatches;
import io.deepincubation.core.data.set.LocalImageCache;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.data.set.PreparedSetWriter;
import io.deepincubation.core.data.source.SyntheticShapes;
import io.deepincubation.core.recipe.AugmentationRecipe;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The images of a streamed set, wherever they are read. */
class BatchesOnExecutorsTest {

  private static final int SIDE = 12;
  private static final int BATCHES = 8;

  @TempDir private Path folder;

  @Test
  void orderAndPixelsAreTheSameOnOneTwoAndFourExecutorsWithAndWithoutCache() throws IOException {
    Path data = folder.resolve("data");
    new PreparedSetWriter(new LocalStorage(data)).write(new SyntheticShapes(3, 16, 400, 8), 3, 10);
    Path cache = folder.resolve("cache");
    Path refused = Files.createFile(folder.resolve("file"));

    List<String> alone =
        IntStream.range(0, BATCHES).mapToObj(i -> digest(data, refused, i)).toList();

    assertThat(alone).doesNotHaveDuplicates();
    for (int executors : new int[] {1, 2, 4}) {
      assertThat(onExecutors(executors, data, cache)).as(executors + " cached").isEqualTo(alone);
    }
    assertThat(onExecutors(2, data, refused)).as("2 without cache").isEqualTo(alone);
  }

  private static List<String> onExecutors(int executors, Path data, Path cache) throws IOException {
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    String set = data.toString();
    String kept = cache.toString();
    try (SparkSession spark = session(executors)) {
      return JavaSparkContext.fromSparkContext(spark.sparkContext())
          .parallelize(IntStream.range(0, BATCHES).boxed().toList(), BATCHES)
          .map(i -> digest(Path.of(set), Path.of(kept), i))
          .collect();
    }
  }

  private static SparkSession session(int executors) {
    return SparkSession.builder()
        .master("local-cluster[" + executors + ",1,512]")
        .appName("batches")
        .config("spark.ui.enabled", "false")
        .config("spark.executor.memory", "512m")
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .config("spark.scheduler.minRegisteredResourcesRatio", "1")
        .getOrCreate();
  }

  /** A batch of the second epoch, made by a table that was just opened, as after a resume. */
  private static String digest(Path data, Path cache, int index) {
    PreparedSet set = PreparedSet.open(new LocalStorage(data));
    var images = new ImageSamples(new LocalImageCache(cache, 1 << 20).open(set, "train", SIDE));
    var key = new BatchKey(7, "meta", -1);
    var augmentation = new AugmentationRecipe(0, true, true, 9, 0, 0.8, 1, 0.25, 3);
    var batches =
        new TrainingBatches(
            images.trained(augmentation, key),
            new ClassTargets(set.index().classNames().size(), 0.1),
            32,
            key,
            2);
    Batch batch = batches.batch(1, index);
    var bytes = ByteBuffer.allocate(Float.BYTES * (batch.inputs().length + batch.targets().length));
    bytes.asFloatBuffer().put(batch.inputs()).put(batch.targets());
    return Sha256.of(bytes.array());
  }
}
