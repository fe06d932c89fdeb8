package io.deepincubation.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@Tag("interpreter")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QuickstartNoteTest {

  private static final List<String> STAGES =
      List.of("meta", "modules/0", "modules/1", "modules/2", "modules/3", "assembled", "final");

  private final Note note = Note.named("quickstart.zpln");
  private RunFolderFiles files = new RunFolderFiles(Path.of(""));
  private NoteRun run = NoteRun.nothing(note);

  @BeforeAll
  void runTheNote() {
    files = new RunFolderFiles(TrainingNotes.quickstartRun());
    run = TrainingNotes.RUNS.get(0);
  }

  @Test
  void everyParagraphComesToItsEnd() {
    for (int i = 0; i < note.paragraphs().size(); i++) {
      assertThat(run.finished(i)).as("paragraph %d:%s", i, run.output(i)).isTrue();
    }
  }

  @Test
  void settingsAndDrawnImages() {
    assertThat(run.output("What is trained"))
        .contains("A network of 32 layers, divided into 4 modules");
    assertThat(run.output("Images that are drawn"))
        .contains("400 images to train on, 200 to measure on, 12 classes: ");
  }

  @Test
  void picturesAreShown() throws IOException {
    List<String> pictures =
        Pattern.compile("base64,([^\"]*)\"")
            .matcher(run.html("Some of them"))
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(pictures).hasSize(24);
    for (String picture : pictures) {
      byte[] bytes = Base64.getDecoder().decode(picture);
      assertThat(ImageIO.read(new ByteArrayInputStream(bytes)).getWidth()).isEqualTo(32);
    }
  }

  @Test
  void progressIsToldWhileItTrains() {
    assertThat(run.output("The whole method"))
        .contains("progress: ")
        .contains(
            String.format(
                Locale.ROOT,
                "top-1 of the target model: %.1f %% after ",
                100 * files.accuracy("final")));
  }

  @Test
  void aCurveForEachStageAndModule() {
    String html = run.html("Loss and accuracy");
    assertThat(html).contains("meta: loss", "modules: loss", "final: loss", "modules: top-1 %");
    assertThat(matches("<svg", html)).isEqualTo(6);
    for (int i = 0; i < 4; i++) {
      assertThat(html).contains("</i>modules/" + i + " ");
    }
  }

  @Test
  void gainsAndTimeline() {
    String gains = run.html("What each module adds");
    for (int i = 0; i < 4; i++) {
      double gain = files.accuracy("modules/" + i) - files.accuracy("meta");
      String points = String.format(Locale.ROOT, "%+.1f points", 100 * gain).replace('-', '−');
      assertThat(gains).contains("<span>modules/" + i + "</span>").contains(points);
    }
    String timeline = run.html("Which task ran");
    assertThat(Pattern.compile("class=\"task [^>]*><span>([^<]*)<").matcher(timeline).results())
        .extracting((MatchResult match) -> match.group(1))
        .containsExactlyInAnyOrderElementsOf(STAGES);
  }

  @Test
  void resultsAreTables() {
    assertThat(run.output("Results as tables")).contains("stages: 7, lines of metrics: ");
    List<List<String>> stages = run.table("Stages in the order");
    assertThat(stages.get(0)).containsExactly("stage", "top1", "images", "seconds", "TFLOP");
    assertThat(stages).extracting(row -> row.get(0)).contains("meta", "final").hasSize(8);
    assertThat(stages.get(7).get(0)).isEqualTo("final");
    assertThat(Double.parseDouble(stages.get(7).get(1)))
        .isEqualTo(Math.rint(1000 * files.accuracy("final")) / 10);
    assertThat(run.table("Speed of each stage")).hasSizeGreaterThanOrEqualTo(7);
  }

  private static long matches(String text, String in) {
    return Pattern.compile(Pattern.quote(text)).matcher(in).results().count();
  }
}
