package io.deepincubation.spark;

import io.deepincubation.core.data.set.PreparedSetWriter;
import io.deepincubation.core.data.source.SyntheticShapes;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.storage.LocalStorage;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** Runs small enough for a test: seconds, not minutes. */
public final class TinyRuns {

  /** Modules of the recipe. */
  public static final int MODULES = 2;

  /** A recipe of two modules for images of 16 pixels. */
  public static final String RECIPE =
      """
      name: tiny
      seed: 7
      precision: fp32
      model: {depth: 4, width: 16, heads: 2, patch: 4, image: 16}
      division: {modules: 2}
      batch: {size: 16, accumulation: 1}
      optimizer: {rate: 0.03}
      schedule: {unit: step}
      augmentation: {crop-padding: 2}
      meta: {epochs: 2, warm-up-epochs: 0}
      incubation: {epochs: 2, warm-up-epochs: 0, stochastic-depth: 0.1}
      fine-tuning: {epochs: 1, warm-up-epochs: 0, stochastic-depth: 0.1}
      end-to-end: {epochs: 1, warm-up-epochs: 0}
      """;

  private static final int TRAIN_IMAGES = 96;
  private static final int TEST_IMAGES = 48;

  private TinyRuns() {}

  /** The recipe with some values replaced. */
  public static Recipe recipe(String... overrides) {
    return RecipeYaml.parse(RECIPE, "tiny.yaml", List.of(overrides));
  }

  /** Draws the images that the recipe is for. */
  public static void draw(Path folder) {
    new PreparedSetWriter(new LocalStorage(folder))
        .write(new SyntheticShapes(3, 16, TRAIN_IMAGES, TEST_IMAGES), 3, TRAIN_IMAGES);
  }

  /** Spark in this process with two slots; tasks sum the changes of several workers. */
  public static SparkSession spark(Path cache, String serializer) {
    return SparkSession.builder()
        .master("local[2]")
        .appName("test")
        .config("spark.ui.enabled", "false")
        .config("spark.serializer", serializer)
        .config("spark.kryo.registrator", IncubationKryoRegistrator.class.getName())
        .config("spark.kryo.registrationRequired", "true")
        .config("spark.deepincubation.cache.directory", cache.toString())
        .config("spark.deepincubation.driver.threads", "1")
        .config("spark.deepincubation.rounds.driver-sums", "30k")
        .config("spark.deepincubation.lease.wait", "1s")
        .getOrCreate();
  }
}
