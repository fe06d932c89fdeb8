package io.deepincubation.core.incubation;

import io.deepincubation.core.checkpoint.Host;
import io.deepincubation.core.checkpoint.MemoryUse;
import io.deepincubation.core.checkpoint.Sha256;
import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.core.checkpoint.StageResult.Shard;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.training.TaskPlace;
import io.deepincubation.core.training.TrainingOutcome;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** Makes the results that stages commit. */
final class StageRecords {

  /**
   * Where a result comes from.
   *
   * @param place which attempt, and where
   * @param compute device and width
   * @param memory the most that was in use
   * @param startedAt ISO-8601 instant
   */
  record Origin(TaskPlace place, Compute compute, MemoryUse memory, String startedAt) {

    static Origin of(TaskPlace place, Compute compute, MemoryWatch memory, String startedAt) {
      return new Origin(place, compute, memory.most(), startedAt);
    }
  }

  private StageRecords() {}

  /** The result of a training. */
  static StageResult trained(
      String stage,
      int moduleIndex,
      TrainingOutcome outcome,
      double trainingFlops,
      Origin origin,
      List<Shard> shards) {
    return new StageResult(
        stage,
        moduleIndex < 0 ? null : moduleIndex,
        outcome.images(),
        outcome.epochs(),
        outcome.seconds(),
        trainingFlops,
        outcome.epochs() == 0 ? null : outcome.loss(),
        outcome.accuracy(),
        origin.compute().threads(),
        Host.name(),
        origin.place().executor(),
        origin.place().device(origin.compute().device()),
        origin.memory(),
        origin.place().attempt(),
        outcome.steps(),
        outcome.resumedFromStep(),
        origin.startedAt(),
        Instant.now().toString(),
        shards,
        digest(shards));
  }

  /** The result of putting modules together, which trains nothing. */
  static StageResult assembled(String stage, double accuracy, Origin origin, List<Shard> shards) {
    var untrained = new TrainingOutcome(0, 0, 0, 0, accuracy, 0, 0, List.of());
    return trained(stage, /* moduleIndex= */ -1, untrained, 0, origin, shards);
  }

  private static String digest(List<Shard> shards) {
    String digests = shards.stream().map(Shard::sha256).collect(Collectors.joining());
    return Sha256.of(digests.getBytes(StandardCharsets.US_ASCII));
  }
}
