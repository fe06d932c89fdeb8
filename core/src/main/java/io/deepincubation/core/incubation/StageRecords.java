package io.deepincubation.core.incubation;

import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.core.checkpoint.StageResult.Shard;
import io.deepincubation.core.training.TrainingOutcome;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/** Makes the results that stages commit. */
final class StageRecords {

  /**
   * Where a result comes from.
   *
   * @param threads width of the sums
   * @param attempt of the task, from 0
   * @param startedAt ISO-8601 instant
   */
  record Origin(int threads, int attempt, String startedAt) {}

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
        origin.threads(),
        host(),
        origin.attempt(),
        origin.startedAt(),
        Instant.now().toString(),
        shards,
        digest(shards));
  }

  /** The result of putting modules together, which trains nothing. */
  static StageResult assembled(String stage, double accuracy, Origin origin, List<Shard> shards) {
    var untrained = new TrainingOutcome(0, 0, 0, 0, accuracy, List.of());
    return trained(stage, /* moduleIndex= */ -1, untrained, 0, origin, shards);
  }

  private static String digest(List<Shard> shards) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Shard shard : shards) {
        digest.update(shard.sha256().getBytes(StandardCharsets.US_ASCII));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Cannot find SHA-256 in this JDK", e);
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
