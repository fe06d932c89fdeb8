package io.deepincubation.spark.cli;

import io.deepincubation.core.tracking.Tracking;
import io.deepincubation.spark.SparkDeepIncubation;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Where a run is shown. */
final class TrackOptions {

  @Option(
      names = "--track",
      paramLabel = "TRACKER",
      description =
          "tensorboard: event files in the run's folder; tensorboard:URI: in a folder of this run"
              + " alone; mlflow:URI[?experiment=NAME]: a server. May be given several times;"
              + " default spark.deepincubation.track. One that fails never fails the run.")
  private List<String> trackers = new ArrayList<>();

  /** Refuses what is no tracker, before anything starts. */
  void requireKnown() {
    Tracking.requireKnown(trackers);
  }

  /** The same run, shown there. */
  SparkDeepIncubation applyTo(SparkDeepIncubation incubation) {
    return trackers.isEmpty() ? incubation : incubation.track(trackers.toArray(String[]::new));
  }
}
