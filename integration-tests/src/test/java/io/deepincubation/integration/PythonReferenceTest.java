package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonParser;
import io.deepincubation.core.testing.DecoderFuzz;
import io.deepincubation.core.testing.JavaProcess;
import io.deepincubation.core.training.LabelNumbers;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pictures and models as Pillow, PyTorch and timm see them; {@code src/test/python/reference.py}
 * compares. It needs {@code python3} and, once, the Python package index.
 */
class PythonReferenceTest {

  private static final String DAMAGED = "2000";

  private static final String RECIPE =
      """
      name: photographs
      seed: 3
      precision: fp32
      model: {depth: 4, width: 48, heads: 3, patch: 8, image: SIDE}
      division: {modules: 2}
      batch: {size: 16, accumulation: 1}
      optimizer: {rate: 0.003}
      augmentation: {crop-padding: 0, resized-crop: CROPPED}
      meta: {epochs: 8, warm-up-epochs: 0}
      incubation: {epochs: 4, warm-up-epochs: 0}
      fine-tuning: {epochs: 8, warm-up-epochs: 0}
      end-to-end: {epochs: 2, warm-up-epochs: 0}
      """;

  private static final String TEXT_RECIPE =
      """
      extends: text-small
      name: texts
      precision: fp32
      model: {depth: 4, width: 16, options: {vocabulary: 80, length: 16}}
      division: {modules: 2}
      batch: {size: 16}
      optimizer: {rate: 0.1}
      meta: {epochs: 8}
      incubation: {epochs: 4, start: grown}
      """;

  private static Laboratory laboratory;
  private static PythonVenv python;
  private static Path photographs;

  @BeforeAll
  static void draw() {
    laboratory = new Laboratory("python", SparkLine.SPARK_3_5, SmallRun.inOneProcess());
    python = PythonVenv.open(laboratory.logs());
    photographs = laboratory.file("photographs");
    python.reference("draw", photographs);
  }

  @AfterAll
  static void close() {
    laboratory.close();
  }

  @Test
  void oddAndDamagedPicturesHaveThePixelsOfPillow() throws Exception {
    Path pictures = laboratory.file("pictures.bin");

    int status =
        JavaProcess.of(List.of(), DecoderFuzz.class, "2", DAMAGED, pictures.toString())
            .inheritIO()
            .start()
            .waitFor();

    assertThat(status).isZero();
    assertThat(python.reference("pictures", pictures)).contains(" decoded by both");
  }

  /** With other numbers than those that the unit tests keep. */
  @Test
  void lossesMeasuresAndAveragesAreThoseOfPyTorchAndTimm() {
    Path script = Path.of("../core/src/test/resources/golden/labels.py").toAbsolutePath();

    String numbers = python.script(script.toString(), "20261130");

    assertThatCode(() -> LabelNumbers.requireEqual(new StringReader(numbers)))
        .doesNotThrowAnyException();
  }

  /** Of networks that training shows resized parts, and of those that it shows whole images. */
  @ParameterizedTest
  @ValueSource(strings = {"photographs 56 true", "squares 32 false"})
  void predictionsAreThoseOfBothExportsInTimmAndPyTorch(String kind) throws IOException {
    String[] words = kind.split(" ");
    Path recipe = laboratory.file(words[0] + ".yaml");
    Files.writeString(recipe, RECIPE.replace("SIDE", words[1]).replace("CROPPED", words[2]));
    String data = uri(words[0] + "-data");
    String run = uri(words[0] + "-run");
    String[] recipeWords = {"--recipe", recipe.toString(), "--data", data, "--run", run, "--json"};

    verb(words, "prepare", preparation(words, data));
    verb(words, "run", recipeWords);
    String evaluated = verb(words, "evaluate", recipeWords);
    for (String format : List.of("timm", "torchscript")) {
      verb(words, "export", "--run", run, "--format", format, "--to", uri(words[0] + "-" + format));
    }
    String photographsOfTest = photographs.resolve("test").toUri().toString();
    String predictions = uri(words[0] + "-predictions");
    verb(
        words,
        "predict",
        "--model",
        run + "/final",
        "--from",
        photographsOfTest,
        "--to",
        predictions);

    String accuracy =
        python.reference(
            "models",
            laboratory.file(words[0] + "-timm"),
            laboratory.file(words[0] + "-torchscript"),
            laboratory.file(words[0] + "-predictions"),
            photographs.resolve("test"));

    if (words[2].equals("true")) { // the other set has other pixels: squares of the photographs
      assertThat(accuracyOf(evaluated)).as("by chance it is 0.25").isGreaterThan(0.3);
      assertThat(accuracyOf(evaluated)).isCloseTo(Double.parseDouble(accuracy), within(1e-9));
    }
  }

  @Test
  void textsAreClassifiedAlikeByTheLinesOfTheModelsCard() throws IOException {
    String[] kind = {"texts"};
    Path table = laboratory.file("texts.parquet");
    python.reference("sentences", table);
    Path recipe = laboratory.file("texts.yaml");
    Files.writeString(recipe, TEXT_RECIPE);
    String from = table.toUri().toString();
    String data = uri("texts-data");
    String run = uri("texts-run");
    String[] recipeWords = {"--recipe", recipe.toString(), "--data", data, "--run", run, "--json"};
    String[] preparation = {"--from", from, "--to", data, "--text-column", "text"};
    String[] sizes = {"--vocabulary", "80", "--length", "16", "--test-fraction", "0.2"};

    verb(kind, "prepare", joined(preparation, sizes));
    verb(kind, "run", recipeWords);
    verb(kind, "export", "--run", run, "--format", "torchscript", "--to", uri("texts-script"));
    String[] places = {"--model", run + "/final", "--from", from, "--to", uri("texts-told")};
    verb(kind, "predict", places);

    python.reference("texts", laboratory.file("texts-script"), laboratory.file("texts-told"));
    assertThat(accuracyOf(verb(kind, "evaluate", recipeWords))).isGreaterThan(0.9);
  }

  private static String[] joined(String[] some, String[] others) {
    return Stream.of(some, others).flatMap(Stream::of).toArray(String[]::new);
  }

  private static String[] preparation(String[] words, String data) {
    String from = photographs.toUri().toString();
    return words[2].equals("true")
        ? new String[] {"--from", from, "--to", data}
        : new String[] {"--from", from, "--to", data, "--image-size", words[1]};
  }

  private static double accuracyOf(String evaluated) {
    String json = evaluated.lines().reduce((before, last) -> last).orElseThrow();
    return JsonParser.parseString(json).getAsJsonObject().get("accuracy").getAsDouble();
  }

  private static String uri(String name) {
    return laboratory.file(name).toUri().toString();
  }

  private static String verb(String[] kind, String verb, String... options) {
    var words = new ArrayList<>(List.of(verb));
    words.addAll(List.of(options));
    LocalProcess process =
        Submission.to("local[2]", laboratory.home())
            .verb(words.toArray(String[]::new))
            .start(kind[0] + "-" + verb, laboratory.logs());
    SmallRun.finish(process);
    return process.out();
  }
}
