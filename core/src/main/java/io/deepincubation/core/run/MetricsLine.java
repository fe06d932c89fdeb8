package io.deepincubation.core.run;

import com.google.gson.annotations.SerializedName;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One line of a stage's {@code metrics.jsonl}: an event of its training as files keep it.
 *
 * @param time ISO-8601 instant
 * @param stage the stage's name
 * @param module the module trained, from 0, or null for a whole network
 * @param epoch from 0
 * @param step optimizer steps done since the stage began
 * @param steps optimizer steps of the whole stage
 * @param loss mean training loss since the line before, or null on an evaluation's line
 * @param rate learning rate
 * @param imagesPerSecond training images a second since the line before
 * @param dataWait share of the time since the line before that training waited for data, 0 to 1;
 *     {@code data_wait} in the file
 * @param top1 accuracy on the test split, 0 to 1, on an evaluation's line, else null
 * @param processBytes resident in the process when the line was written, see {@link
 *     io.deepincubation.core.machine.ResidentMemory#bytes}; tasks side by side in one process share
 *     it; {@code process_bytes} in the file, 0 on lines of earlier versions
 * @param event what happened to the task, such as a resumption, on a line of its own, else null
 * @param metrics all that was measured, where that is more than the accuracy, else null
 */
public record MetricsLine(
    String time,
    String stage,
    @Nullable Integer module,
    int epoch,
    long step,
    long steps,
    @Nullable Double loss,
    double rate,
    double imagesPerSecond,
    @SerializedName("data_wait") double dataWait,
    @Nullable Double top1,
    @SerializedName("process_bytes") long processBytes,
    @Nullable String event,
    @Nullable Map<String, Double> metrics) {

  /** Copies. */
  public MetricsLine {
    metrics = metrics == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /** A line that tells no measure but the accuracy. */
  public MetricsLine(
      String time,
      String stage,
      @Nullable Integer module,
      int epoch,
      long step,
      long steps,
      @Nullable Double loss,
      double rate,
      double imagesPerSecond,
      double dataWait,
      @Nullable Double top1,
      long processBytes,
      @Nullable String event) {
    this(
        time,
        stage,
        module,
        epoch,
        step,
        steps,
        loss,
        rate,
        imagesPerSecond,
        dataWait,
        top1,
        processBytes,
        event,
        null);
  }

  /** The line of a logging interval. */
  public static MetricsLine of(RunEvent.Interval interval) {
    return new MetricsLine(
        interval.time(),
        interval.stage(),
        interval.module(),
        interval.epoch(),
        interval.step(),
        interval.steps(),
        interval.loss(),
        interval.rate(),
        interval.imagesPerSecond(),
        interval.dataWait(),
        null,
        interval.processBytes(),
        null);
  }

  /** The line of a measurement. */
  public static MetricsLine of(RunEvent.Measured measured) {
    Map<String, Double> metrics = measured.metrics().values();
    boolean more = !metrics.keySet().equals(Set.of(Metrics.TOP1));
    return new MetricsLine(
        measured.time(),
        measured.stage(),
        measured.module(),
        measured.epoch(),
        measured.step(),
        measured.steps(),
        null,
        measured.rate(),
        0,
        0,
        metrics.get(Metrics.TOP1),
        measured.processBytes(),
        null,
        more ? metrics : null);
  }
}
