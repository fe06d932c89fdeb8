package io.deepincubation.core.run;

import io.deepincubation.core.machine.MemoryUse;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.network.Weights.Tensor;
import io.deepincubation.core.weights.WeightsFile.Shard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Small weights and results for tests. */
final class CheckpointFixtures {

  /** Of a network that nobody asked. */
  static final Answers NO_ANSWERS = new Answers(List.of(), List.of(), Optional.empty());

  private CheckpointFixtures() {}

  static Weights weights(String name, float... values) {
    return new Weights(Map.of(name, new Tensor(List.of((long) values.length), values)));
  }

  /** What the fixtures' stages follow from. */
  static final StageKey KEY = StageKey.of(Map.of("data", "test"));

  static StageResult result(String stage, List<Shard> shards, int attempt) {
    return new StageResult(
        stage,
        null,
        640,
        2,
        1.5,
        3e12,
        2.9e12,
        0.7,
        0.81,
        Metrics.ofTop1(0.81),
        2,
        "host",
        "driver",
        "cpu",
        new MemoryUse(3 << 20, 1 << 20, null),
        attempt,
        80,
        0,
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:01:00Z",
        shards,
        "ab",
        KEY);
  }

  static MetricsLine line(long step) {
    return new MetricsLine(
        "2026-01-01T00:00:00Z", "meta", null, 0, step, 10, 2.25, 1e-3, 100.5, 0.01, null, 7, null);
  }

  /** Turns one bit of a file. */
  static void flip(Path file, int position) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      bytes[position] ^= 1;
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Cuts the second half of a file off. */
  static void truncate(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A result whose weights were chosen. */
  static StageResult chosen(StageResult plain, Choice choice) {
    return new StageResult(
        plain.stage(),
        plain.moduleIndex(),
        plain.images(),
        plain.epochs(),
        plain.seconds(),
        plain.trainingFlops(),
        plain.computedFlops(),
        plain.loss(),
        plain.accuracy(),
        plain.metrics(),
        null,
        null,
        choice,
        plain.threads(),
        plain.host(),
        plain.executor(),
        plain.device(),
        plain.memory(),
        plain.attempt(),
        plain.steps(),
        plain.resumedFromStep(),
        plain.startedAt(),
        plain.finishedAt(),
        plain.shards(),
        plain.sha256(),
        plain.key());
  }
}
