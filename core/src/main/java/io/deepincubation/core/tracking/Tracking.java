package io.deepincubation.core.tracking;

import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.run.RunEvent;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.weights.WeightsFile.Shard;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows a run in trackers: TensorBoard's event files, MLflow's servers. They are told by threads of
 * their own; one that is slow or fails holds nobody up, is told once when it fails, and once more
 * at the end. What it lacks then it gets when the same run is asked for again.
 */
public final class Tracking implements RunObserver, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Tracking.class);
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final Duration LAST_WORDS = Duration.ofSeconds(60);

  /** Bytes of a model that a tracker must take in a second at the end. */
  private static final long SLOWEST = 5_000_000;

  private final List<TrackerThread> trackers;
  private final Duration lastWords;
  private RunEnd end = RunEnd.FAILED;

  private Tracking(List<TrackerThread> trackers, Duration lastWords) {
    this.trackers = trackers;
    this.lastWords = lastWords;
  }

  /**
   * Begins to show a run.
   *
   * @param addresses {@code tensorboard}, {@code tensorboard:URI} or {@code
   *     mlflow:URI[?experiment=NAME]} each
   * @param run the run
   * @param storages opens folders of any file system
   * @throws UsageException if an address is none
   */
  public static Tracking of(
      List<String> addresses, RunFolder run, Function<String, Storage> storages) {
    return of(addresses, run, storages, INTERVAL, LAST_WORDS);
  }

  static Tracking of(
      List<String> addresses,
      RunFolder run,
      Function<String, Storage> storages,
      Duration interval,
      Duration lastWords) {
    List<TrackerAddress> parsed = addresses.stream().map(TrackerAddress::parse).toList();
    return new Tracking(
        parsed.stream()
            .map(address -> new TrackerThread(address, run, storages, interval))
            .toList(),
        lastWords);
  }

  /**
   * Refuses what is no tracker.
   *
   * @throws UsageException if an address is none
   */
  public static void requireKnown(List<String> addresses) {
    addresses.forEach(TrackerAddress::parse);
  }

  /** Whether there is no tracker. */
  public boolean isEmpty() {
    return trackers.isEmpty();
  }

  @Override
  public void on(RunEvent event) {
    if (event instanceof RunEvent.Interval interval && !interval.assignment().isPart()) {
      tell(MetricsLine.of(interval));
    } else if (event instanceof RunEvent.RoundEnded round) {
      round.lines().forEach(this::tell);
    } else if (event instanceof RunEvent.Measured measured) {
      tell(MetricsLine.of(measured));
    } else if (event instanceof RunEvent.Committed committed) {
      trackers.forEach(tracker -> tracker.committed(committed.stage()));
    }
  }

  private void tell(MetricsLine line) {
    trackers.forEach(tracker -> tracker.line(line));
  }

  /**
   * The run did what it was asked to.
   *
   * @param committed the stages that are committed by now
   * @param report the HTML report
   * @param model the stage of the trained model, or null where it is not committed
   */
  public void done(List<StageResult> committed, String report, @Nullable StageResult model) {
    end = new RunEnd(true, committed, report, model);
  }

  /** Tells the end, waits for the trackers for a limited time, and tells which failed. */
  @Override
  public void close() {
    Duration deadline = lastWords.plusSeconds(bytes(end.model()) / SLOWEST);
    trackers.stream()
        .map(tracker -> tracker.end(end, deadline))
        .flatMap(Optional::stream)
        .forEach(why -> LOG.warn("{}; the same command again completes it", why));
  }

  private static long bytes(@Nullable StageResult model) {
    return model == null ? 0 : model.shards().stream().mapToLong(Shard::bytes).sum();
  }
}
