package io.deepincubation.core.run;

import java.io.Serializable;
import java.time.Duration;
import java.util.Locale;

/**
 * How a driver holds a run folder.
 *
 * @param duration time without a renewal after which another driver may take over; from a second
 * @param patience time to wait for another driver that holds the folder
 * @param application what this driver calls itself
 */
public record LeaseTerms(Duration duration, Duration patience, String application)
    implements Serializable {

  /** Renewals in the time that one of them is good for. */
  private static final int RENEWALS = 3;

  /** Checks. */
  public LeaseTerms {
    if (duration.toSeconds() < 1 || patience.isNegative()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot hold a run folder: expected a duration from a second and patience from 0, got"
                  + " %s and %s",
              duration,
              patience));
    }
  }

  /** Time between two renewals. */
  Duration renewal() {
    return duration.dividedBy(RENEWALS);
  }
}
