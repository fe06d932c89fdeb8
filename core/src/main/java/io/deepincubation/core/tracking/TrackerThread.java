package io.deepincubation.core.tracking;

import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.text.FirstLine;
import io.deepincubation.core.thread.Daemons;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one tracker what happens, in a thread of its own. Whoever tells never waits; what does not
 * fit, or was told while the tracker failed, is told when its stage is committed.
 */
final class TrackerThread {

  private static final Logger LOG = LoggerFactory.getLogger(TrackerThread.class);

  /** Lines that wait at most. */
  private static final int CAPACITY = 10_000;

  /** A tracker is told again so often, and ever more seldom in a long run. */
  private static final int SHARE_OF_RUN = 100;

  /** What waits for the tracker. */
  private sealed interface News {}

  private record Line(MetricsLine line) implements News {}

  private record Committed(String stage) implements News {}

  private record Ended(RunEnd end) implements News {}

  /** What is asked of a tracker. */
  @FunctionalInterface
  private interface Call {
    void on(Tracker tracker) throws IOException, InterruptedException;
  }

  private final TrackerAddress address;
  private final RunFolder run;
  private final Function<String, Storage> storages;
  private final Duration interval;
  private final LinkedBlockingQueue<News> queue = new LinkedBlockingQueue<>();
  private final Map<String, List<Point>> pending = new LinkedHashMap<>();
  private final long startedNanos = System.nanoTime();
  private final Thread thread;
  private long toldNanos = startedNanos;
  private @Nullable Tracker tracker;
  private boolean complained;
  private volatile @Nullable String failure;

  /**
   * Starts.
   *
   * @param address of the tracker
   * @param run the run
   * @param storages opens folders of any file system
   * @param interval the shortest between two tellings while a stage trains
   */
  TrackerThread(
      TrackerAddress address,
      RunFolder run,
      Function<String, Storage> storages,
      Duration interval) {
    this.address = address;
    this.run = run;
    this.storages = storages;
    this.interval = interval;
    thread = Daemons.named("deep-incubation-tracker").newThread(this::work);
    thread.start();
  }

  /** A line of a stage that trains. */
  void line(MetricsLine line) {
    if (queue.size() < CAPACITY) {
      queue.add(new Line(line));
    }
  }

  /** A stage is committed. */
  void committed(String stage) {
    queue.add(new Committed(stage));
  }

  /**
   * Tells the end, and waits for it.
   *
   * @param end how the run came to it
   * @param deadline the longest wait
   * @return why the tracker may lack something, if it may
   */
  Optional<String> end(RunEnd end, Duration deadline) {
    queue.add(new Ended(end));
    try {
      thread.join(deadline.toMillis());
      if (thread.isAlive()) {
        failure = "it took longer than " + deadline.toSeconds() + " s at the end";
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      failure = "the run was stopped before all was told";
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
    return Optional.ofNullable(failure)
        .map(why -> "Cannot show all of it in " + address + ": " + why);
  }

  private void work() {
    try {
      while (take(queue.poll(interval.toMillis(), TimeUnit.MILLISECONDS))) {
        if (System.nanoTime() - toldNanos >= waiting().toNanos()) {
          tellPending();
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("{} is not waited for any longer", address, e);
    }
  }

  private Duration waiting() {
    Duration share = Duration.ofNanos(System.nanoTime() - startedNanos).dividedBy(SHARE_OF_RUN);
    return share.compareTo(interval) > 0 ? share : interval;
  }

  /** Whether more may come. */
  private boolean take(@Nullable News news) throws InterruptedException {
    if (news instanceof Line told) {
      Point.of(told.line()).ifPresent(point -> keep(told.line().stage(), point));
    } else if (news instanceof Committed committed) {
      pending.remove(committed.stage());
      call(to -> settle(to, run.result(committed.stage()).orElseThrow()));
    } else if (news instanceof Ended ended) {
      end(ended.end());
      return false;
    }
    return true;
  }

  private void keep(String stage, Point point) {
    List<Point> points = pending.computeIfAbsent(stage, any -> new ArrayList<>());
    if (points.size() < CAPACITY) {
      points.add(point);
    }
  }

  private void tellPending() throws InterruptedException {
    for (String stage : List.copyOf(pending.keySet())) {
      if (call(to -> to.live(stage, pending.getOrDefault(stage, List.of())))) {
        pending.remove(stage);
      }
    }
    toldNanos = System.nanoTime();
  }

  private void settle(Tracker to, StageResult result) throws IOException, InterruptedException {
    to.committed(result, Point.of(result, run.metrics(result.stage())));
  }

  private void end(RunEnd end) throws InterruptedException {
    tellPending();
    boolean shown = tracker != null || !pending.isEmpty();
    if (!end.done() && !shown) {
      return; // Nothing was trained here: the run may be another driver's.
    }
    call(
        to -> {
          for (StageResult result : end.committed()) {
            settle(to, result);
          }
          to.end(end);
        });
  }

  /** Whether the tracker did it. */
  private boolean call(Call call) throws InterruptedException {
    try {
      call.on(opened());
      failure = null;
      return true;
    } catch (IOException | RuntimeException e) {
      String why = FirstLine.of(e);
      failure = why;
      if (!complained) {
        LOG.warn("Cannot show the run in {}: {}; it goes on without", address, why);
      }
      complained = true;
      return false;
    }
  }

  private Tracker opened() throws IOException, InterruptedException {
    Tracker known = tracker;
    if (known == null) {
      known = address.open(run, storages);
      known.begin(run.runRecord().orElseThrow());
      tracker = known;
    }
    return known;
  }
}
