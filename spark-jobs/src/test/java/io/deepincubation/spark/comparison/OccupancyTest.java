package io.deepincubation.spark.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.run.TaskAttempt;
import io.deepincubation.core.run.TaskAttempt.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OccupancyTest {

  private static final Instant BEGUN = Instant.parse("2026-01-01T00:00:00Z");
  private static final Offset<Double> EXACT = within(1e-9);

  private static TaskAttempt attempt(String executor, int from, @Nullable Integer to) {
    return new TaskAttempt(
        "meta",
        0,
        executor,
        "host",
        "cpu",
        second(from),
        to == null ? null : second(to),
        Outcome.DONE,
        "");
  }

  private static String second(int second) {
    return BEGUN.plusSeconds(second).toString();
  }

  private static Map<Integer, Double> occupancy(TaskAttempt... attempts) {
    return Occupancy.of(List.of(attempts), BEGUN, BEGUN.plusSeconds(100));
  }

  @Test
  void countsExecutorsThatTrainAtOnce() {
    Map<Integer, Double> busy = occupancy(attempt("0", 0, 10), attempt("1", 2, 8));

    assertThat(busy).containsOnlyKeys(1, 2);
    assertThat(busy.get(2)).isCloseTo(0.6, EXACT);
    assertThat(busy.get(1)).isCloseTo(0.4, EXACT);
  }

  @Test
  void countsAnExecutorOnceHoweverManyTasksItHas() {
    assertThat(occupancy(attempt("0", 0, 10), attempt("0", 0, 10))).isEqualTo(Map.of(1, 1.0));
  }

  @Test
  void countsTheTimeInWhichNobodyTrains() {
    Map<Integer, Double> busy = occupancy(attempt("0", 0, 2), attempt("1", 6, 8));

    assertThat(busy.get(0)).isCloseTo(0.5, EXACT);
  }

  @Test
  void leavesOutWhatBeganEarlierAndEndsWhatStillRuns() {
    Map<Integer, Double> busy =
        occupancy(attempt("0", -50, 10), attempt("1", 0, null), attempt("2", 50, 100));

    assertThat(busy.get(2)).isCloseTo(0.5, EXACT);
    assertThat(busy).doesNotContainKey(3);
  }

  @Test
  void knowsNothingWhereNothingWasTrained() {
    assertThat(occupancy()).isEmpty();
  }
}
