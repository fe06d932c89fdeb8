package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.deepincubation.core.data.annotation.SceneObject;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.data.pixels.ImageFiles;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.testing.TestScenes;
import io.deepincubation.core.testing.TinyScenes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Dense tasks on a cluster with S3: the same weights by one executor and by two, and the same
 * answers about all images as of one process. What was found is worth what COCO's own tool says. It
 * needs {@code python3} and, once, the Python package index.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DenseTasksTest {

  private static final Offset<Double> TOLERANCE = within(1e-9);
  private static final String STAGE = "transfer";
  private static final String OF_MASKS = "-mask";
  private static final int IMAGES = 300;

  /** Two workers, whose rounds end within and at epochs. */
  private static final String[] IN_ROUNDS = {
    "transfer.workers=2", "rounds.steps=5", "rounds.outer=nesterov"
  };

  private final Laboratory laboratory =
      new Laboratory("dense", SparkLine.SPARK_4_1, SmallRun.inOneProcess());
  private final StandaloneCluster cluster = laboratory.cluster(2);
  private final PythonVenv python = PythonVenv.frozen("requirements-coco.txt", laboratory.logs());

  DenseTasksTest() throws IOException {
    Path photos = Files.createDirectories(laboratory.file("photos"));
    for (int i = 0; i < IMAGES; i++) {
      Files.write(photos.resolve(i + ".png"), ImageFiles.png(TestScenes.image(i)));
    }
  }

  @AfterAll
  void close() {
    laboratory.close();
  }

  private Submission cluster() {
    return Submission.to(cluster.masterUrl(), laboratory.home());
  }

  private Submission oneProcess() {
    return Submission.to("local[1]", laboratory.home());
  }

  private LocalProcess finish(String name, Submission submission) {
    LocalProcess driver = submission.start(name, laboratory.logs());
    SmallRun.finish(driver);
    assertThat(driver.err()).as(name).doesNotContain("Lost task");
    return driver;
  }

  private RunFiles transferred(String run, Submission submission, Recipe recipe, String data)
      throws IOException {
    Path file = laboratory.file(run + ".yaml");
    Files.writeString(file, RecipeYaml.toYaml(recipe));
    String uri = laboratory.uri(run);
    finish(
        run,
        submission.verb(
            "transfer", "--recipe", file.toString(), "--data", data, "--run", uri, "--json"));
    return new RunFiles(laboratory.object(run));
  }

  /** The run of two executors. */
  private RunFiles sameByOneExecutorAndTwo(String name, Recipe recipe) throws IOException {
    String data = laboratory.uri("sets/" + name);
    RunFiles two = transferred(name + "-two", cluster(), recipe, data);
    RunFiles one = transferred(name + "-one", cluster().with("spark.cores.max", "1"), recipe, data);
    assertThat(executors(two)).hasSize(2);
    assertThat(executors(one)).hasSize(1);
    assertThat(one.digests(List.of(STAGE))).hasSize(1).isEqualTo(two.digests(List.of(STAGE)));
    return two;
  }

  private static Set<String> executors(RunFiles run) {
    return run.attempts().stream()
        .map(attempt -> attempt.get("executor").getAsString())
        .collect(Collectors.toSet());
  }

  /** The table of what a cluster says of all images, which one process says, too. */
  private Path sameByOneProcess(String name) {
    String there = predictions(name + "-cluster", cluster(), name);
    String here = predictions(name + "-process", oneProcess(), name);
    assertThat(python.script("predictions.py", "same", here, there).lines())
        .last()
        .isEqualTo("" + IMAGES);
    return Path.of(there);
  }

  private String predictions(String table, Submission submission, String task) {
    LocalProcess driver =
        finish(
            table,
            submission.verb(
                "predict",
                "--json",
                "--model",
                laboratory.uri(task + "-two/" + STAGE),
                "--from",
                laboratory.file("photos").toUri().toString(),
                "--to",
                laboratory.uri(table)));
    assertThat(SmallRun.answer(driver.out()).get("rejected").getAsInt()).isZero();
    return laboratory.object(table).toString();
  }

  private void prepare(String name, String task, String... more) {
    var words = new ArrayList<>(List.of("prepare", "--task", task));
    words.addAll(List.of("--to", laboratory.uri("sets/" + name)));
    words.addAll(List.of(more));
    finish("prepare-" + name, oneProcess().verb(words.toArray(String[]::new)));
  }

  @Test
  void pixelsAreClassifiedTheSame() throws IOException {
    Path folder = laboratory.file("pixels");
    for (String split : List.of("train", "val")) {
      Path images = Files.createDirectories(folder.resolve("images").resolve(split));
      Path masks = Files.createDirectories(folder.resolve("masks").resolve(split));
      for (int i = 0; i < TinyScenes.IMAGES_WITH_MASKS; i++) {
        Files.write(images.resolve(i + ".png"), ImageFiles.png(TestScenes.image(i)));
        Files.write(masks.resolve(i + ".png"), TestScenes.mask(i).png());
      }
    }
    prepare(
        "pixels",
        "segmentation",
        "--reduce-zero-label",
        "--from",
        folder.resolve("images").toString(),
        "--masks",
        folder.resolve("masks").toString());

    sameByOneExecutorAndTwo("pixels", TinyScenes.segmentation(4, IN_ROUNDS));
    sameByOneProcess("pixels");
  }

  @Test
  void objectsAreFoundTheSameAndWorthWhatCocosToolSays() throws IOException {
    Path truth = Files.writeString(laboratory.file("truth.json"), new Gson().toJson(truth()));
    prepare(
        "objects",
        "detection",
        "--from",
        laboratory.file("photos").toString(),
        "--annotations",
        "train=" + truth,
        "--annotations",
        "val=" + truth);

    RunFiles run = sameByOneExecutorAndTwo("objects", TinyScenes.detection(12, IN_ROUNDS));
    Path found = sameByOneProcess("objects");

    String detections = laboratory.file("detections.json").toString();
    String images = "" + TinyScenes.IMAGES_WITH_OBJECTS;
    python.script("predictions.py", "results", found.toString(), images, detections);
    JsonObject told =
        JsonParser.parseString(python.script("coco.py", "evaluate", truth.toString(), detections))
            .getAsJsonObject();
    JsonObject measured =
        run.result(STAGE).orElseThrow().getAsJsonObject("metrics").getAsJsonObject("values");
    assertThat(measured.get("ap50").getAsDouble()).isGreaterThan(0.1);
    for (Map.Entry<String, JsonElement> measure : measured.entrySet()) {
      assertThat(measure.getValue().getAsDouble())
          .as(measure.getKey())
          .isCloseTo(figure(told, measure.getKey()), TOLERANCE);
    }
  }

  private static double figure(JsonObject told, String measure) {
    String kind = measure.endsWith(OF_MASKS) ? "masks" : "boxes";
    return told.getAsJsonObject(kind)
        .getAsJsonObject("figures")
        .get(measure.replace(OF_MASKS, ""))
        .getAsDouble();
  }

  /** The objects of the images that the run was measured on, as COCO writes them. */
  private static Map<String, Object> truth() {
    var images = new ArrayList<Object>();
    var annotations = new ArrayList<Object>();
    for (int i = 0; i < TinyScenes.IMAGES_WITH_OBJECTS; i++) {
      SceneObjects on = TestScenes.objects(i);
      images.add(
          Map.of("file_name", i + ".png", "id", i, "height", on.height(), "width", on.width()));
      for (SceneObject object : on.objects()) {
        annotations.add(annotation(annotations.size() + 1, i, on, object));
      }
    }
    return Map.of("images", images, "categories", categories(), "annotations", annotations);
  }

  private static Map<String, Object> annotation(
      int id, int image, SceneObjects on, SceneObject object) {
    double[] box = {
      object.box().x0(),
      object.box().y0(),
      object.box().x1() - object.box().x0(),
      object.box().y1() - object.box().y0()
    };
    return Map.of(
        "id",
        id,
        "image_id",
        image,
        "category_id",
        object.classIndex(),
        "bbox",
        box,
        "area",
        object.area(),
        "iscrowd",
        object.crowd() ? 1 : 0,
        "segmentation",
        Map.of(
            "size",
            List.of(on.height(), on.width()),
            "counts",
            Objects.requireNonNull(object.mask()).compressed()));
  }

  private static List<Map<String, Object>> categories() {
    return IntStream.range(0, TestScenes.CLASSES.size())
        .mapToObj(i -> Map.<String, Object>of("id", i, "name", TestScenes.CLASSES.get(i)))
        .toList();
  }
}
