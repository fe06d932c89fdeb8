package io.deepincubation.core.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.tracking.Point.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class PointTest {

  @Test
  void anIntervalTellsLossRateAndSpeed() {
    Point point = Point.of(Lines.trained(4)).orElseThrow();

    assertThat(point.name()).isEqualTo("loss");
    assertThat(point.values())
        .containsEntry("loss", 0.25)
        .containsEntry("rate", 0.1)
        .containsEntry("images_per_second", 50.0)
        .containsEntry("data_wait", 0.5)
        .containsEntry("process_bytes", 1048576.0);
  }

  @Test
  void aResumptionTellsNoNumber() {
    var resumed =
        new MetricsLine(
            Lines.TIME, "meta", null, 0, 4, 8, null, 0.1, 0, 0, null, 1, "attempt 2 goes on");

    assertThat(Point.of(resumed)).isEmpty();
  }

  @Test
  void pointsOfAStageAreInTheirOrderAndEndWithWhatItCameTo() {
    List<Point> points =
        Point.of(
            Lines.result("meta", 4),
            List.of(Lines.trained(2), Lines.trained(4), Lines.measured(4)));

    assertThat(points)
        .extracting(Point::kind)
        .containsExactly(Kind.TRAINED, Kind.TRAINED, Kind.MEASURED, Kind.ENDED);
    assertThat(points).extracting(Point::position).isSorted().doesNotHaveDuplicates();
    assertThat(points.get(3).values()).containsOnlyKeys("seconds", "training_flops");
  }

  @Test
  void aStageThatTrainedNothingTellsItsAccuracyAtItsEnd() {
    List<Point> points = Point.of(Lines.result("assembled", 0), List.of());

    assertThat(points).hasSize(1);
    assertThat(points.get(0).values()).containsEntry("top1", 0.25);
  }
}
