package io.deepincubation.core.run;

import io.deepincubation.core.network.Weights;
import io.deepincubation.core.network.Weights.Tensor;
import io.deepincubation.core.storage.CorruptFileException;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.thread.Parallel;
import io.deepincubation.core.weights.WeightsFile;
import io.deepincubation.core.weights.WeightsFile.Shard;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How fast ranges of weights are read and written, digests included: {@code plan --exchange}. */
@EnabledIfSystemProperty(named = "deepincubation.benchmark", matches = "true")
class ExchangeBenchmark {

  private static final int RANGES = 4;
  private static final int VALUES = 16 << 20;
  private static final int TIMES = 5;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void printsGigabytesASecond(int threads) {
    var values = new float[VALUES];
    Arrays.fill(values, 0.1f);
    var weights = new Weights(Map.of("range", new Tensor(List.of((long) VALUES), values)));
    double bytes = (double) RANGES * Float.BYTES * VALUES;
    for (int time = 0; time < TIMES; time++) {
      var storage = new LocalStorage(folder.resolve("" + time));
      long start = System.nanoTime();
      List<Shard> shards =
          Parallel.map(
              RANGES, threads, i -> WeightsFile.write(storage, "weights", "range-" + i, weights));
      long written = System.nanoTime();
      Parallel.map(RANGES, threads, i -> read(storage, shards.get(i)));
      long read = System.nanoTime();
      System.out.printf(
          Locale.ROOT,
          "%d at a time: write %.2f, read %.2f GB/s%n",
          threads,
          bytes / (written - start),
          bytes / (read - written));
      storage.delete("");
    }
  }

  private static Weights read(LocalStorage storage, Shard shard) {
    try {
      return WeightsFile.read(storage, "weights", shard);
    } catch (CorruptFileException e) {
      throw new IllegalStateException(e);
    }
  }
}
