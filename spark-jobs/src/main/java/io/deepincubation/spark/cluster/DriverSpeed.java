package io.deepincubation.spark.cluster;

import ai.djl.Device;
import io.deepincubation.core.advice.Budget;
import io.deepincubation.core.advice.ImageSet;
import io.deepincubation.core.advice.RecipeDraft;
import io.deepincubation.core.bench.TrainingBenchmark;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.NativeArithmetic;
import io.deepincubation.core.recipe.Recipe;
import java.util.List;

/** How fast this process trains, by a few steps. */
public final class DriverSpeed {

  private static final double WARM_UP_SECONDS = 2;
  private static final int MEASURED_STEPS = 3;

  /** What a network is drafted for until the speed is known: two processor cores for an hour. */
  private static final double ASSUMED_SPEED = 1e11;

  private static final double MOST_SECONDS = 3600;

  /**
   * What was measured.
   *
   * @param network that was trained, in words
   * @param flopsPerSecond of its training
   */
  public record Measured(String network, double flopsPerSecond) {}

  private DriverSpeed() {}

  /** Trains the network that a recipe for this time would have about, for some seconds. */
  public static Measured of(
      RecipeDraft.Base base, ImageSet set, List<String> settings, Budget time) {
    double assumed = ASSUMED_SPEED * Math.min(MOST_SECONDS, time.amount());
    Recipe tried = RecipeDraft.network(base, set, settings, assumed);
    Device device = Devices.ofThisProcess();
    var compute =
        new Compute(
            device,
            tried.precision().arithmetic(() -> NativeArithmetic.of(device)),
            Runtime.getRuntime().availableProcessors());
    double measured =
        new TrainingBenchmark(tried, set.classes(), WARM_UP_SECONDS, MEASURED_STEPS)
            .ofTarget(compute)
            .flopsPerSecond();
    return new Measured(RecipeDraft.words(tried), measured);
  }
}
