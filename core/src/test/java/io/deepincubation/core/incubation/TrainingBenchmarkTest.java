package io.deepincubation.core.incubation;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.checkpoint.LocalStorage;
import io.deepincubation.core.incubation.TrainingBenchmark.Speed;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingBenchmarkTest {

  @TempDir private Path folder;

  @Test
  void timesEveryNetworkOfTheMethodAndWritesNothing() {
    var benchmark =
        new TrainingBenchmark(
            TinyRuns.recipe(1), TinyRuns.CLASSES, new LocalStorage(folder), /* steps= */ 1);

    List<Speed> speeds = benchmark.run(TinyRuns.COMPUTE);

    assertThat(speeds)
        .extracting(Speed::network)
        .containsExactly("end to end", "meta model", "hybrid, module 0", "hybrid, module 1");
    assertThat(speeds)
        .allSatisfy(
            speed -> {
              assertThat(speed.imagesPerSecond()).isPositive();
              assertThat(speed.peak()).isPositive();
            });
    assertThat(speeds.get(1).flopsPerImage()).isLessThan(speeds.get(0).flopsPerImage());
    assertThat(folder).isEmptyDirectory();
  }
}
