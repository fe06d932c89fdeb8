package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A run of the whole method on a few images: four modules of some seconds each on one core. */
final class SmallRun {

  static final int MODULES = 4;

  /** Long enough for a busy machine. */
  static final Duration LIMIT = Duration.ofMinutes(8);

  /** The stages that it commits. */
  static final List<String> STAGES =
      Stream.concat(
              Stream.of("meta", "assembled", "final"),
              IntStream.range(0, MODULES).mapToObj(i -> "modules/" + i))
          .toList();

  /** What pins the bits, and executors of one core and one GPU that is not used. */
  static final Map<String, String> SETTINGS =
      Map.of(
          "spark.deepincubation.device", "cpu",
          "spark.deepincubation.driver.threads", "1",
          "spark.deepincubation.checkpoint.steps", "20",
          "spark.deepincubation.rounds.driver-sums",
              "8m", // So that tasks sum the changes of four workers, the driver those of two.
          "spark.deepincubation.lease.duration",
              "15s", // For those who take over from a killed driver.
          "spark.executor.cores", "1",
          "spark.executor.memory", "1g",
          "spark.executor.heartbeatInterval", "1s",
          "spark.executor.resource.gpu.amount", "1",
          "spark.task.resource.gpu.amount", "1");

  private static final String RECIPE =
      """
      name: small
      seed: 7
      precision: fp32
      model: {depth: 8, width: 96, heads: 3, patch: 4, image: 32}
      division: {modules: 4}
      batch: {size: 32, accumulation: 1}
      optimizer: {rate: 0.003}
      schedule: {unit: step}
      augmentation: {crop-padding: 4}
      meta: {epochs: 1, warm-up-epochs: 0, workers: 2}
      incubation:
        epochs: 8
        warm-up-epochs: 0
        stochastic-depth: 0.1
        best: {metric: log-loss, min-delta: 100, patience: 6}
      fine-tuning: {epochs: 1, warm-up-epochs: 0, stochastic-depth: 0.1, workers: 2}
      rounds: {steps: 5, outer: nesterov}
      end-to-end: {epochs: 1, warm-up-epochs: 0}
      """;

  /** Steps of a module: the first epoch is the best, and patience ends after six more of eight. */
  static final int MODULE_STEPS = 7 * 10;

  /** The stage of end-to-end training. */
  static final String END_TO_END = "baselines/e2e";

  /** Workers of end-to-end training in rounds. */
  static final int WORKERS = 4;

  /** Its rounds, each of them of some seconds. */
  static final int ROUNDS = 8;

  /** What makes it so: ten steps an epoch, and a round. */
  static final String[] IN_ROUNDS = {
    "end-to-end.workers=" + WORKERS, "end-to-end.epochs=" + ROUNDS, "rounds.steps=10"
  };

  /** Images of the test split, in the file {@code test.bin} that {@link #draw} writes. */
  static final int TEST_IMAGES = 64;

  private static final int TRAIN_IMAGES = 320;
  private static final int CLASSES = 100;
  private static final int PIXELS = 3 * 32 * 32;

  private SmallRun() {}

  /** The settings for a process that is driver and executors at once. */
  static Map<String, String> inOneProcess() {
    return SETTINGS.entrySet().stream()
        .filter(setting -> !setting.getKey().contains(".resource.gpu."))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** Writes the recipe. */
  static Path recipe(Laboratory laboratory) {
    try {
      return Files.writeString(laboratory.file("small.yaml"), RECIPE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Draws images in CIFAR-100's format. */
  static void draw(Path folder) {
    try {
      Files.createDirectories(folder);
      var random = new Random(5);
      write(folder.resolve("train.bin"), TRAIN_IMAGES, random);
      write(folder.resolve("test.bin"), TEST_IMAGES, random);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot draw images in " + folder, e);
    }
  }

  private static void write(Path file, int count, Random random) throws IOException {
    byte[] pixels = new byte[PIXELS];
    try (OutputStream stream = Files.newOutputStream(file)) {
      for (int i = 0; i < count; i++) {
        random.nextBytes(pixels);
        stream.write(0);
        stream.write(i % CLASSES);
        stream.write(pixels);
      }
    }
  }

  /** A submission that prepares the drawn images. */
  static Submission prepare(Submission submission, Path images, String data) {
    return submission.verb(
        "prepare", "--from", images.toUri().toString(), "--to", data, "--format", "cifar");
  }

  /**
   * A submission of all stages.
   *
   * @param values that the recipe shall have, such as {@code incubation.epochs=2}
   */
  static Submission run(
      Submission submission, Laboratory laboratory, String data, String run, String... values) {
    return verb(submission, List.of("run"), laboratory, data, run, values);
  }

  /** A submission of end-to-end training alone, otherwise alike. */
  static Submission endToEnd(
      Submission submission, Laboratory laboratory, String data, String run, String... values) {
    return verb(submission, List.of("baseline", "--method", "e2e"), laboratory, data, run, values);
  }

  private static Submission verb(
      Submission submission,
      List<String> verb,
      Laboratory laboratory,
      String data,
      String run,
      String... values) {
    var words = new ArrayList<>(verb);
    String recipe = recipe(laboratory).toString();
    words.addAll(List.of("--recipe", recipe, "--data", data, "--run", run, "--json", "--verbose"));
    for (String value : values) {
      words.add("--set");
      words.add(value);
    }
    return submission.verb(words.toArray(String[]::new));
  }

  /** Waits for a process's good end. */
  static void finish(LocalProcess driver) {
    finish(driver, LIMIT);
  }

  /** The same of one that takes longer than a small run. */
  static void finish(LocalProcess process, Duration limit) {
    assertThat(process.awaitExit(limit)).as(process.err()).isZero();
  }

  /** The object that the last line of what a process says is. */
  static JsonObject answer(String said) {
    String last = said.lines().reduce("", (first, second) -> second);
    return JsonParser.parseString(last).getAsJsonObject();
  }
}
