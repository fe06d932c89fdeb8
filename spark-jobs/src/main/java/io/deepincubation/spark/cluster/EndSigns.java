package io.deepincubation.spark.cluster;

import io.deepincubation.core.run.ProcessEnd;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.SparkEnv;
import org.apache.spark.util.SignalUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a process of Spark learns that it is about to be taken away: by SIGTERM; by the signal that
 * decommissions an executor; or by the driver's word, which moves its blocks.
 */
public final class EndSigns {

  private static final Logger LOG = LoggerFactory.getLogger(EndSigns.class);
  private static final AtomicBoolean WATCHED = new AtomicBoolean();

  /** Less than cluster managers give a process. */
  private static final Duration LAST_STATES = Duration.ofSeconds(10);

  /** Longer than a process takes to end. */
  private static final Duration END = Duration.ofSeconds(30);

  private static final CountDownLatch NEVER = new CountDownLatch(1);
  private static volatile boolean terminated;

  private EndSigns() {}

  /** Tells trainings of this process from now on; does nothing when called again. */
  public static void watch() {
    if (WATCHED.getAndSet(true)) {
      return;
    }
    register("TERM", EndSigns::terminated);
    SparkEnv env = SparkEnv.get();
    register(
        env == null ? "PWR" : env.conf().get("spark.executor.decommission.signal", "PWR"),
        ProcessEnd.here()::tell);
    ProcessEnd.here().watch(EndSigns::isDecommissioned);
  }

  /** Others are told, too; where nobody else handles it the process ends as it would. */
  private static void register(String signal, Runnable action) {
    try {
      SignalUtils.register(
          signal,
          () -> {
            action.run();
            return false;
          });
    } catch (RuntimeException e) {
      LOG.warn("Cannot hear of the signal {}: {}", signal, e.getMessage());
    }
  }

  /**
   * Keeps what runs here from ending while the process is ended by SIGTERM, of which the driver
   * does not know: it would give the free slot to another task, which would be lost.
   */
  public static void holdSlot() {
    if (!terminated) {
      return;
    }
    try {
      if (!NEVER.await(END.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("This process has not ended in {} s after SIGTERM", END.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void terminated() {
    terminated = true;
    ProcessEnd.here().tell();
    if (!ProcessEnd.here().awaitTrainings(LAST_STATES)) {
      LOG.warn("A training did not keep its state in {} s", LAST_STATES.toSeconds());
    }
  }

  private static boolean isDecommissioned() {
    SparkEnv env = SparkEnv.get();
    return env != null && env.blockManager().decommissioner().isDefined();
  }
}
