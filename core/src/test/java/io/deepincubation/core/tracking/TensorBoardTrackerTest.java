package io.deepincubation.core.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardTrackerTest {

  private static final String STAGE = "modules/0";

  @TempDir private Path folder;

  private RunFolder run(String name) {
    return new RunFolder(new LocalStorage(folder.resolve(name)));
  }

  private Storage logs() {
    return new LocalStorage(folder.resolve("logs"));
  }

  private TensorBoardTracker tracker() {
    return new TensorBoardTracker(logs(), run("run"));
  }

  private static List<Point> steps(long first, long last) {
    return LongStream.rangeClosed(first, last)
        .mapToObj(Lines::trained)
        .map(line -> Point.of(line).orElseThrow())
        .toList();
  }

  private byte[] content(String file) throws IOException {
    try (InputStream stream = logs().open(STAGE + "/" + file)) {
      return stream.readAllBytes();
    }
  }

  @Test
  void aFileForEachTimeThatPointsAreTold() throws IOException {
    TensorBoardTracker tracker = tracker();

    tracker.live(STAGE, steps(1, 3));
    tracker.live(STAGE, steps(4, 5));

    assertThat(logs().list(STAGE))
        .containsExactly("events.out.tfevents.000000000009", "events.out.tfevents.000000000015");
    assertThat(content("events.out.tfevents.000000000015")).isEqualTo(EventFile.of(steps(4, 5)));
  }

  @Test
  void aResumedRunGoesOnBehindWhatWasShown() throws IOException {
    tracker().live(STAGE, steps(1, 5));

    tracker().live(STAGE, steps(3, 7));

    assertThat(content("events.out.tfevents.000000000021")).isEqualTo(EventFile.of(steps(6, 7)));
  }

  @Test
  void filesOfOthersAreNotItsOwn() throws IOException {
    String others = "events.out.tfevents.1700000000.host.1.0";
    logs().write(STAGE + "/" + others, stream -> stream.write(1));

    tracker().live(STAGE, steps(1, 3));

    assertThat(logs().list(STAGE)).containsExactly("events.out.tfevents.000000000009", others);

    tracker().committed(Lines.result(STAGE, 4), steps(1, 4));

    assertThat(logs().list(STAGE))
        .containsExactly(others, "events.out.tfevents.whole-0123456789ab");
  }

  @Test
  void aMeasurementComesBehindTheStepItIsOf() {
    TensorBoardTracker tracker = tracker();
    tracker.live(STAGE, steps(5, 5));

    tracker.live(STAGE, List.of(Point.of(Lines.measured(5)).orElseThrow()));

    assertThat(logs().list(STAGE))
        .containsExactly("events.out.tfevents.000000000015", "events.out.tfevents.000000000016");
  }

  @Test
  void aCommittedStageIsOneFileOfAllPoints() throws IOException {
    TensorBoardTracker tracker = tracker();
    tracker.live(STAGE, steps(1, 3));
    List<MetricsLine> lines = List.of(Lines.trained(1), Lines.trained(4), Lines.measured(4));
    List<Point> points = Point.of(Lines.result(STAGE, 4), lines);

    tracker.committed(Lines.result(STAGE, 4), points);
    tracker.committed(Lines.result(STAGE, 4), points);

    assertThat(logs().list(STAGE)).containsExactly("events.out.tfevents.whole-0123456789ab");
    assertThat(content("events.out.tfevents.whole-0123456789ab"))
        .isEqualTo(EventFile.whole(points));
  }

  @Test
  void aStageThatIsTrainedAnewLosesItsOldCurve() {
    tracker().committed(Lines.result(STAGE, 4), steps(1, 4));

    tracker().live(STAGE, steps(1, 2));

    assertThat(logs().list(STAGE)).containsExactly("events.out.tfevents.000000000006");
  }

  @Test
  void refusesTheFolderOfAnotherRun() throws IOException {
    tracker().begin(Lines.record());
    tracker().begin(Lines.record());

    var other = new TensorBoardTracker(logs(), run("other"));

    assertThatThrownBy(() -> other.begin(Lines.record()))
        .isInstanceOf(IOException.class)
        .hasMessage("expected a folder for this run alone, got one of another run; name another");
  }
}
