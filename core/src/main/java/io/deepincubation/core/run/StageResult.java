package io.deepincubation.core.run;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.machine.MemoryUse;
import io.deepincubation.core.weights.WeightsFile.Shard;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a finished stage did; kept as {@code result.json}, whose presence commits the stage.
 *
 * @param stage the stage's name, such as {@code meta}, {@code modules/2} or {@code final}
 * @param moduleIndex the module trained, or null for a whole network
 * @param images training images that went through the network, repeats counted
 * @param epochs passes over the training split, begun ones included
 * @param seconds wall-clock time of the training
 * @param trainingFlops floating-point operations of forward and backward passes, by the networks'
 *     shape
 * @param computedFlops those of them that were computed: a last layer whose other tokens nothing
 *     reads is left out; null in results of earlier versions
 * @param loss mean training loss of the last epoch, or null where nothing was trained
 * @param accuracy the primary measure on the test split, 0 to 1, of the network the stage trained
 *     (for a module: the hybrid network): top-1 accuracy, of several labels mean average precision;
 *     null where it was not measured
 * @param metrics all that was measured on the test split; null where nothing was, and in results of
 *     earlier versions
 * @param validation the same on the split {@code val}; null where the data has none beside test
 * @param classes what was measured on the test split class by class; null where nothing was
 * @param choice how the weights were chosen; null where they are the last ones
 * @param threads width that the sums were computed with; it decides the bits
 * @param host where it ran
 * @param executor the process that computed it: Spark's id, or {@code driver}
 * @param device what computed it, such as {@code cpu} or {@code gpu 0}
 * @param memory the most that was in use
 * @param attempt which attempt of the task produced it, from 0
 * @param steps optimizer steps that were done in the whole stage
 * @param resumedFromStep steps that the attempt took over from a checkpoint; 0 where it began anew.
 *     It did the {@code steps - resumedFromStep} others itself
 * @param startedAt ISO-8601 instant
 * @param finishedAt ISO-8601 instant
 * @param shards the weights' files in the stage's folder, in module order
 * @param sha256 digest of the weights: SHA-256 over the shards' digests
 * @param key what the bytes follow from; null in results of earlier versions, for which the recipe
 *     in {@code run.json} tells it
 */
@Evolving
public record StageResult(
    String stage,
    @Nullable Integer moduleIndex,
    long images,
    int epochs,
    double seconds,
    double trainingFlops,
    @Nullable Double computedFlops,
    @Nullable Double loss,
    @Nullable Double accuracy,
    @Nullable Metrics metrics,
    @Nullable Metrics validation,
    @Nullable ClassMeasures classes,
    @Nullable Choice choice,
    int threads,
    String host,
    String executor,
    String device,
    MemoryUse memory,
    int attempt,
    long steps,
    long resumedFromStep,
    String startedAt,
    String finishedAt,
    List<Shard> shards,
    String sha256,
    @Nullable StageKey key) {

  /** Copies. */
  public StageResult {
    shards = List.copyOf(shards);
  }

  /** A result of the last weights, on data without a split {@code val}. */
  public StageResult(
      String stage,
      @Nullable Integer moduleIndex,
      long images,
      int epochs,
      double seconds,
      double trainingFlops,
      @Nullable Double computedFlops,
      @Nullable Double loss,
      @Nullable Double accuracy,
      @Nullable Metrics metrics,
      int threads,
      String host,
      String executor,
      String device,
      MemoryUse memory,
      int attempt,
      long steps,
      long resumedFromStep,
      String startedAt,
      String finishedAt,
      List<Shard> shards,
      String sha256,
      @Nullable StageKey key) {
    this(
        stage,
        moduleIndex,
        images,
        epochs,
        seconds,
        trainingFlops,
        computedFlops,
        loss,
        accuracy,
        metrics,
        null,
        null,
        null,
        threads,
        host,
        executor,
        device,
        memory,
        attempt,
        steps,
        resumedFromStep,
        startedAt,
        finishedAt,
        shards,
        sha256,
        key);
  }

  /** The weights' files by folder: its own, and the last ones where others were chosen. */
  Map<String, List<Shard>> weights() {
    return choice == null
        ? Map.of(stage, shards)
        : Map.of(stage, shards, Choice.folder(stage), choice.last());
  }

  /** The measure that some results are told by. */
  public static String primary(List<StageResult> results) {
    return results.stream()
        .map(StageResult::metrics)
        .filter(Objects::nonNull)
        .map(Metrics::primary)
        .findFirst()
        .orElse(Metrics.TOP1);
  }

  /** The accuracy, where it was measured. */
  public Optional<Double> measuredAccuracy() {
    return Optional.ofNullable(accuracy);
  }
}
