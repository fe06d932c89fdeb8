package io.deepincubation.core.run;

import io.deepincubation.core.machine.Host;
import java.util.Locale;

/**
 * Who works in a run folder; kept as {@code lease.json}.
 *
 * @param formatVersion of the file
 * @param id tells apart all holders that there ever were
 * @param renewals how often the holder has renewed it; with the id, what others watch
 * @param seconds that the holder may let pass between two renewals before others take over
 * @param application what the holder calls itself, such as Spark's application id
 * @param host the holder's machine
 * @param machine the machine's running system and the space of its process numbers; empty where
 *     that is unknown
 * @param process number of the holder's process
 * @param processStart when that process started, milliseconds since 1970; 0 where that is unknown
 * @param renewedAt ISO-8601 instant by the holder's clock, for people
 * @param until ISO-8601 instant by the holder's clock, for people
 */
record Lease(
    int formatVersion,
    String id,
    long renewals,
    long seconds,
    String application,
    String host,
    String machine,
    long process,
    long processStart,
    String renewedAt,
    String until) {

  /** The version that this library writes, and the only one it reads. */
  static final int FORMAT_VERSION = 1;

  /** By how much a system may correct what it says of when a process started. */
  private static final long CLOCK_STEP_MILLIS = 10_000;

  /** Whether another lease file says the same of the same holder. */
  boolean isUnrenewed(Lease seen) {
    return id.equals(seen.id) && renewals == seen.renewals;
  }

  /**
   * Whether the holder has ended for certain: it ran in the process space of this machine that we
   * run in, and there is no such process any more.
   */
  boolean isOfDeadProcess() {
    return !machine.isEmpty()
        && machine.equals(Host.machine())
        && Math.abs(Host.processStart(process) - processStart) > CLOCK_STEP_MILLIS;
  }

  /** In words: who and where. */
  String holder() {
    return String.format(
        Locale.ROOT, "process %d on %s (application %s)", process, host, application);
  }

  /** In words: who, where, until when. */
  @Override
  public String toString() {
    return holder() + " until " + until + " unless it renews";
  }
}
