package io.deepincubation.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.spark.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@Tag("interpreter")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CifarNoteTest {

  private static final int TRAIN_IMAGES = 400;
  private static final int TEST_IMAGES = 200;
  private static final int CLASSES = 100;
  private static final int PIXELS = 3 * 32 * 32;

  private final Note note = Note.named("cifar100.zpln");
  private RunFolderFiles files = new RunFolderFiles(Path.of(""));
  private NoteRun run = NoteRun.nothing(note);

  @BeforeAll
  void runTheNote() {
    Path folder = NoteRun.emptied("cifar100");
    draw(folder.resolve("images"));
    String data = folder.resolve("data").toUri().toString();
    prepare(folder.resolve("images").toUri().toString(), data);
    files = new RunFolderFiles(folder.resolve("run"));
    run =
        NoteRun.of(
            note,
            Map.of(
                "Prepared set",
                data,
                "Run folder",
                folder.resolve("run").toUri().toString(),
                "Changes of the recipe",
                "model.depth=8 model.width=48 batch.size=32 meta.epochs=2"
                    + " meta.warm-up-epochs=0 incubation.epochs=2"
                    + " incubation.warm-up-epochs=0 fine-tuning.epochs=1"),
            folder.resolve("repl"));
  }

  private static void draw(Path folder) {
    try {
      Files.createDirectories(folder);
      var random = new Random(5);
      Files.write(folder.resolve("train.bin"), records(TRAIN_IMAGES, random));
      Files.write(folder.resolve("test.bin"), records(TEST_IMAGES, random));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot draw images in " + folder, e);
    }
  }

  /** Images of one colour a class, and noise, in CIFAR-100's format. */
  private static byte[] records(int count, Random random) {
    byte[] records = new byte[count * (2 + PIXELS)];
    for (int i = 0; i < count; i++) {
      int start = i * (2 + PIXELS);
      int label = i % CLASSES;
      records[start + 1] = (byte) label;
      for (int pixel = 0; pixel < PIXELS; pixel++) {
        int level = label * (5 + pixel / (32 * 32)) % 200;
        records[start + 2 + pixel] = (byte) (level + random.nextInt(50));
      }
    }
    return records;
  }

  private static void prepare(String from, String to) {
    var said = new StringWriter();
    var writer = new PrintWriter(said, true);
    assertThat(Main.run(writer, writer, "prepare", "--from", from, "--to", to, "--format", "cifar"))
        .as(said.toString())
        .isZero();
  }

  @Test
  void everyParagraphComesToItsEnd() {
    for (int i = 0; i < note.paragraphs().size(); i++) {
      assertThat(run.finished(i)).as("paragraph %d:%s", i, run.output(i)).isTrue();
    }
  }

  @Test
  void theSetIsTold() {
    assertThat(run.output("What is trained"))
        .contains("400 images to train on, 200 to measure on, 100 classes; 4 modules");
    assertThat(run.html("Some images").split("<img", -1)).hasSize(33);
  }

  @Test
  void eachStageTellsItsProgressAndItsAccuracy() {
    assertThat(run.output("Step 1"))
        .contains("progress: meta done")
        .contains("top-1 of the meta model: " + percent(files.accuracy("meta")));
    String modules = run.output("Step 2");
    for (int i = 0; i < 4; i++) {
      assertThat(modules)
          .contains("progress: module " + (i + 1) + "/4 done")
          .contains(
              "modules/"
                  + i
                  + ": top-1 of the hybrid network "
                  + percent(files.accuracy("modules/" + i)));
    }
    assertThat(run.output("Step 3"))
        .contains("top-1 of the target model: " + percent(files.accuracy("final")));
  }

  @Test
  void figuresOfModulesAndTasks() {
    assertThat(run.html("Curves of each module"))
        .contains("modules: loss", "modules: top-1 %")
        .contains("</i>modules/0 ", "</i>modules/3 ");
    assertThat(run.html("What each module adds").split("class=\"gain\"", -1)).hasSize(5);
    assertThat(run.html("Which task ran")).contains("<span>modules/3</span>", "<span>final</span>");
  }

  @Test
  void tablesOfAttemptsStagesAndMetrics() {
    List<List<String>> attempts = run.table("Results as tables");
    assertThat(attempts.get(0)).startsWith("stage", "attempt", "executor", "host");
    assertThat(attempts.subList(1, attempts.size()))
        .allSatisfy(row -> assertThat(row.get(5)).isEqualTo("DONE"));
    List<List<String>> stages = run.table("Stages in the order");
    assertThat(stages).hasSize(8);
    assertThat(stages.get(7)).startsWith("final");
    List<List<String>> losses = run.table("Loss by step");
    assertThat(losses.get(0)).containsExactly("step", "stage", "loss");
    assertThat(losses).hasSizeGreaterThan(20);
  }

  @Test
  void confusionOfTheTestSplit() {
    String told = run.output("The test split goes");
    assertThat(told)
        .contains("top-1: " + percent(files.accuracy("final")) + " of " + TEST_IMAGES + " images");
    String html = run.html("Confusion matrix");
    long images =
        Pattern.compile("<title>[^<]*: (\\d+)</title>")
            .matcher(html)
            .results()
            .mapToLong(match -> Long.parseLong(match.group(1)))
            .sum();
    assertThat(images).isEqualTo(TEST_IMAGES);
    assertThat(run.table("The classes that are mixed").get(0))
        .containsExactly("actual", "predicted", "images");
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
