package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The wheel and the all-jar in PySpark as PyPI has it: {@code src/test/python/spark_ml.py} on Spark
 * 3.5 and 4.2, classic and Connect. It needs {@code python3} and, once, the Python package index.
 */
class PySparkTest {

  private static final String OLD = "requirements-pyspark-3.5.txt";
  private static final String NEW = "requirements-pyspark-4.2.txt";

  private static final String RECIPE =
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

  private static final Path PROJECT = Path.of("../python").toAbsolutePath().normalize();
  private static final Path FOLDER = Path.of("target/laboratory/pyspark").toAbsolutePath();
  private static final Path LOGS = FOLDER.resolve("logs");
  private static final Path IMAGES = FOLDER.resolve("images.parquet");

  private static Path wheel = FOLDER;
  private static PythonVenv older;
  private static PythonVenv newer;

  @BeforeAll
  static void build() throws IOException {
    deleteAll(FOLDER);
    Files.createDirectories(FOLDER.resolve("conf"));
    Files.writeString(FOLDER.resolve("tiny.yaml"), RECIPE);
    Files.writeString(
        FOLDER.resolve("conf/spark-defaults.conf"),
        """
        spark.master local[2]
        spark.jars %s
        spark.ui.enabled false
        spark.sql.shuffle.partitions 2
        spark.deepincubation.driver.threads 1
        spark.deepincubation.cache.directory %s
        """
            .formatted(Artefacts.allJar(), FOLDER.resolve("cache")));
    older = PythonVenv.open(OLD, LOGS);
    newer = PythonVenv.open(NEW, LOGS);
    copyAll(PROJECT, FOLDER.resolve("project"));
    wheel = newer.wheel(FOLDER.resolve("project"));
    newer.script("spark_ml.py", "draw", IMAGES.toString());
  }

  @AfterAll
  static void forget() throws IOException {
    deleteAll(FOLDER.resolve("cache"));
  }

  private static void deleteAll(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void copyAll(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  @Test
  void oneScriptPredictsAlikeOnSpark3AndOnSpark4AndBehindConnect() throws IOException {
    JsonObject classic3 = answer(older, "fit", "fit-3", Map.of());
    JsonObject classic4 = answer(newer, "fit", "fit-4", Map.of());
    JsonObject connect = answer(newer, "fit", "fit-connect", Map.of("SPARK_REMOTE", "local[2]"));

    assertThat(told(classic3)).containsExactly("3.5.9", "false");
    assertThat(told(classic4)).containsExactly("4.2.0", "false");
    assertThat(told(connect)).containsExactly("4.2.0", "true");
    assertThat(classic3.getAsJsonArray("logits")).hasSize(48);
    for (JsonObject each : List.of(classic4, connect)) {
      for (String key :
          List.of("labels", "logits", "probabilities", "predictions", "residual", "pipeline")) {
        assertThat(each.get(key)).as(key).isEqualTo(classic3.get(key));
      }
    }
    assertThatPyTorchAgrees(classic3);
  }

  /** Whether the script ran where it should. */
  private static List<String> told(JsonObject answer) {
    return List.of(answer.get("spark").getAsString(), answer.get("connect").getAsString());
  }

  /** Without Spark and Java: plain PyTorch, and timm, give the same numbers to 1e-5. */
  private static void assertThatPyTorchAgrees(JsonObject answer) throws IOException {
    Path fitted = FOLDER.resolve("fit-3");
    Files.writeString(fitted.resolve("fit.json"), answer.toString());
    String difference =
        PythonVenv.open(LOGS)
            .with(Map.of("PYTHONPATH", wheel.toString()))
            .reference("logits", fitted, IMAGES);
    assertThat(Double.parseDouble(difference)).isLessThan(1e-5);
  }

  @Test
  void crossValidationChoosesTheBetterOfTwoValuesOnBothLines() {
    JsonObject spark3 = answer(older, "tune", "tune-3", Map.of());
    JsonObject spark4 = answer(newer, "tune", "tune-4", Map.of());

    for (JsonObject each : List.of(spark3, spark4)) {
      double still = each.getAsJsonArray("accuracy").get(0).getAsDouble();
      double learnt = each.getAsJsonArray("accuracy").get(1).getAsDouble();
      assertThat(learnt).as("%s", each).isGreaterThan(still);
      assertThat(each.get("best").getAsDouble()).as("%s", each).isGreaterThan(still);
    }
  }

  @Test
  void theDocumentsLinesRun() {
    String[] words = {
      Path.of("../docs/python.md").toAbsolutePath().toString(),
      "s3a://lake/photos",
      IMAGES.toString(),
      "budget=\"10min\"",
      "recipe=\"" + FOLDER.resolve("tiny.yaml") + "\"",
      "s3a://lake/",
      FOLDER.resolve("documented") + "/"
    };

    String said = newer.with(environment(newer, Map.of())).script("documented.py", words);

    assertThat(said).contains("predictedLabel").endsWith("4 programs\n");
    assertThat(FOLDER.resolve("documented/models/photos/config.json")).isRegularFile();
  }

  @Test
  void saysWhichJarIsMissing() {
    assertThat(newer.with(environment(newer, Map.of())).script("missing_jar.py"))
        .contains("expected the jar of deep-incubation", "got none; start Spark")
        .contains("--jars spark-jobs/target/deep-incubation-spark-");
  }

  private static JsonObject answer(
      PythonVenv python, String verb, String name, Map<String, String> settings) {
    Path folder = FOLDER.resolve(name);
    String said =
        python
            .with(environment(python, settings))
            .script(
                "spark_ml.py",
                verb,
                IMAGES.toString(),
                FOLDER.resolve("tiny.yaml").toString(),
                folder.toString());
    return SmallRun.answer(said);
  }

  private static Map<String, String> environment(PythonVenv python, Map<String, String> settings) {
    var all = new HashMap<>(settings);
    all.put("SPARK_HOME", python.spark().toString());
    all.put("PYTHONPATH", wheel.toString());
    all.put("SPARK_CONF_DIR", FOLDER.resolve("conf").toString());
    all.put("SPARK_LOCAL_IP", "127.0.0.1");
    return all;
  }
}
