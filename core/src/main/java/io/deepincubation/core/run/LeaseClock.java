package io.deepincubation.core.run;

import java.time.Duration;
import java.time.Instant;

/** Time as a lease sees it. */
interface LeaseClock {

  /** The machine's. */
  LeaseClock SYSTEM =
      new LeaseClock() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public Instant now() {
          return Instant.now();
        }

        @Override
        public void sleep(Duration pause) throws InterruptedException {
          Thread.sleep(pause.toMillis());
        }
      };

  /** Nanoseconds that pass for this process, from any origin. */
  long nanoTime();

  /** The wall clock, for people to read. */
  Instant now();

  /** Lets time pass. */
  void sleep(Duration pause) throws InterruptedException;
}
