package io.deepincubation.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.spark.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@Tag("interpreter")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InferenceNoteTest {

  private static final int TEST_IMAGES = 120;

  private final Note note = Note.named("inference.zpln");
  private RunFolderFiles files = new RunFolderFiles(Path.of(""));
  private NoteRun run = NoteRun.nothing(note);

  @BeforeAll
  void runTheNoteOnATrainedModel() {
    Path folder = NoteRun.emptied("inference");
    Path quickstart = folder.resolve("quickstart");
    train(quickstart);
    files = new RunFolderFiles(quickstart.resolve("run"));
    run =
        NoteRun.of(
            note,
            Map.of(
                "Model", quickstart.resolve("run/final").toUri().toString(),
                "Table of images", quickstart.resolve("data/test").toUri().toString()),
            folder.resolve("repl"));
  }

  private static void train(Path folder) {
    var words = new ArrayList<>(List.of("quickstart", "--out", folder.toString()));
    words.addAll(List.of("--train-images", "400", "--test-images", "" + TEST_IMAGES));
    for (String value :
        List.of(
            "precision=fp32", // as predictions are
            "meta.epochs=2",
            "meta.warm-up-epochs=0",
            "incubation.epochs=1",
            "incubation.warm-up-epochs=0",
            "fine-tuning.epochs=1")) {
      words.addAll(List.of("--set", value));
    }
    var said = new StringWriter();
    var writer = new PrintWriter(said, true);
    assertThat(Main.run(writer, writer, words.toArray(String[]::new))).as(said.toString()).isZero();
  }

  @Test
  void everyParagraphComesToItsEnd() {
    for (int i = 0; i < note.paragraphs().size(); i++) {
      assertThat(run.finished(i)).as("paragraph %d:%s", i, run.output(i)).isTrue();
    }
  }

  @Test
  void imagesThatAreNoneAreCountedAndExplained() {
    assertThat(run.output("A model")).contains("120 images, 12 classes");
    assertThat(run.output("Predictions beside"))
        .contains("classified: 120, not classified: 2")
        .contains(
            "image, actual, rawPrediction, probability, prediction, predictedLabel, reason,"
                + " confidence");
    List<List<String>> reasons = run.table("Why some have no prediction");
    assertThat(reasons).hasSize(3).doesNotHaveDuplicates();
    assertThat(reasons).allSatisfy(row -> assertThat(row.get(0)).isNotEqualTo("null"));
  }

  @Test
  void predictionsAreThoseThatTheRunMeasured() {
    List<String> right = run.table("Right ones").get(1);
    assertThat(right.get(0)).isEqualTo("" + TEST_IMAGES);
    assertThat(Double.parseDouble(right.get(1)))
        .isEqualTo(Math.rint(1000 * files.accuracy("final")) / 10);
    List<List<String>> classes = run.table("What the images were taken for");
    assertThat(classes.stream().skip(1).mapToInt(row -> Integer.parseInt(row.get(1))).sum())
        .isEqualTo(TEST_IMAGES);
    assertThat(classes.subList(1, classes.size()))
        .allSatisfy(row -> assertThat(Double.parseDouble(row.get(2))).isBetween(1.0 / 12, 1.0));
  }

  @Test
  void picturesHaveCaptions() {
    assertThat(run.html("Some images").split("<figcaption>", -1)).hasSize(17);
  }
}
