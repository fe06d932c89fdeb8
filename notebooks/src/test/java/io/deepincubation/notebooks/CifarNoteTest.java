package io.deepincubation.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@Tag("interpreter")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CifarNoteTest {

  private static final int TEST_IMAGES = TrainingNotes.TEST_IMAGES;

  private final Note note = Note.named("cifar100.zpln");
  private RunFolderFiles files = new RunFolderFiles(Path.of(""));
  private NoteRun run = NoteRun.nothing(note);

  @BeforeAll
  void runTheNote() {
    files = new RunFolderFiles(TrainingNotes.cifarRun());
    run = TrainingNotes.RUNS.get(1);
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
