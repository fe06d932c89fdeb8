package io.deepincubation.spark.stages;

import io.deepincubation.core.method.Stage;
import java.util.Optional;

/** Runs whose committed stages of equal key may be taken instead of training them. */
public interface OtherRuns {

  /** There are none. */
  OtherRuns NONE = stage -> Optional.empty();

  /** One other run, whatever it has. */
  static OtherRuns of(String uri) {
    return stage -> Optional.of(uri);
  }

  /**
   * The folder of a run that may have a stage; waits for one that trains it now.
   *
   * @return empty where this run is to train it
   */
  Optional<String> holding(Stage stage);

  /** Whether another run trains a stage now, so that {@link #holding} would wait. */
  default boolean areTraining(Stage stage) {
    return false;
  }

  /** This run has taken a stage from the run that held it. */
  default void taken(Stage stage) {}

  /** This run has a stage now, whether trained or taken. */
  default void committed(Stage stage) {}
}
