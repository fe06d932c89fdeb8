package io.deepincubation.spark.comparison;

import io.deepincubation.core.method.Stage;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.spark.stages.OtherRuns;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Stages of equal key in several trainings: the first that comes to one trains it, the others wait
 * and take it. Safe for use by many threads.
 */
final class SharedStages {

  private final Function<Training, RunFolder> folders;
  private final Map<String, List<Training>> byKey = new HashMap<>();
  private final Map<String, Training> training = new HashMap<>();
  private final Map<String, Training> holders = new HashMap<>();
  private final Set<String> taken = new HashSet<>();
  private int trainedCount;
  private int takenCount;

  /**
   * Finds what is shared.
   *
   * @param trainings all of them
   * @param folders opens a training's run folder
   */
  SharedStages(List<Training> trainings, Function<Training, RunFolder> folders) {
    this.folders = folders;
    for (Training one : trainings) {
      for (Stage stage : one.cell().stages()) {
        byKey.computeIfAbsent(key(one, stage), any -> new ArrayList<>()).add(one);
      }
    }
  }

  private static String key(Training training, Stage stage) {
    return stage.key(training.inputs()).sha256();
  }

  /** What one of the trainings sees of the others. */
  OtherRuns seenBy(Training one) {
    return new OtherRuns() {
      @Override
      public boolean areTraining(Stage stage) {
        return isTrainedByAnother(one, key(one, stage));
      }

      @Override
      public Optional<String> holding(Stage stage) {
        return holder(one, stage).map(other -> folders.apply(other).uri());
      }

      @Override
      public void taken(Stage stage) {
        take(one, key(one, stage));
      }

      @Override
      public void committed(Stage stage) {
        hold(one, key(one, stage));
      }
    };
  }

  private synchronized boolean isTrainedByAnother(Training one, String key) {
    return training.containsKey(key) && !one.equals(training.get(key));
  }

  private synchronized Optional<Training> holder(Training one, Stage stage) {
    String key = key(one, stage);
    try {
      while (isTrainedByAnother(one, key)) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot wait for stage " + stage.name() + ": interrupted", e);
    }
    Optional<Training> holder =
        Optional.ofNullable(holders.get(key)).or(() -> committedBefore(one, stage, key));
    if (holder.isEmpty()) {
      training.put(key, one);
    }
    return holder;
  }

  /** Another training that has the stage from an earlier run of the comparison. */
  private Optional<Training> committedBefore(Training one, Stage stage, String key) {
    return byKey.getOrDefault(key, List.of()).stream()
        .filter(other -> !other.equals(one))
        .filter(other -> Training.isCommitted(folders.apply(other), stage, one.inputs()))
        .findFirst();
  }

  private synchronized void take(Training one, String key) {
    taken.add(one.folder() + "/" + key);
  }

  /** Whether a training's first stage is being trained by another. */
  synchronized boolean wouldWait(Training one) {
    return isTrainedByAnother(one, key(one, one.cell().stages().get(0)));
  }

  private synchronized void hold(Training one, String key) {
    if (taken.contains(one.folder() + "/" + key)) {
      takenCount++;
    } else {
      trainedCount++;
    }
    holders.putIfAbsent(key, one);
    training.remove(key, one);
    notifyAll();
  }

  /** A training has ended; what it has not come to another may train. */
  synchronized void ended(Training one) {
    training.values().removeIf(one::equals);
    notifyAll();
  }

  /** Stages that were computed. */
  synchronized int trained() {
    return trainedCount;
  }

  /** Stages that a training took from another. */
  synchronized int takenOver() {
    return takenCount;
  }
}
