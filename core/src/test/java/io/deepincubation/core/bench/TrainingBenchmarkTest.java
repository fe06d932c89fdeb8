package io.deepincubation.core.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.bench.TrainingBenchmark.Speed;
import io.deepincubation.core.testing.TinyRuns;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingBenchmarkTest {

  @Test
  void timesEveryNetworkOfTheMethod() {
    var benchmark =
        new TrainingBenchmark(
            TinyRuns.recipe(1), TinyRuns.CLASSES, /* warmUpSeconds= */ 0, /* steps= */ 1);

    List<Speed> speeds = benchmark.run(TinyRuns.COMPUTE);

    assertThat(speeds)
        .extracting(Speed::network)
        .containsExactly("end to end", "meta model", "hybrid, module 0", "hybrid, module 1");
    assertThat(speeds)
        .allSatisfy(
            speed -> {
              assertThat(speed.imagesPerSecond()).isPositive();
              assertThat(speed.peak()).isPositive();
              assertThat(speed.forwardSeconds()).isPositive();
              assertThat(speed.optimizerSeconds()).isPositive();
              assertThat(speed.dataSeconds()).isPositive();
            });
    assertThat(speeds.get(1).flopsPerImage()).isLessThan(speeds.get(0).flopsPerImage());
  }
}
