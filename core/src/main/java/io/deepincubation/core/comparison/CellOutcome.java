package io.deepincubation.core.comparison;

import io.deepincubation.core.method.Stage;
import io.deepincubation.core.method.Stages;
import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.StageResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came of one training of a comparison.
 *
 * @param folder its run folder, below the comparison's
 * @param failure why it has not come to its end; null where it has
 * @param results of its committed stages, in their order
 * @param metrics of each, by name
 * @param predicted the class that each network that claims are made of takes each test image for,
 *     by the name of its stage
 * @param shares what each test image, or group of them, gives the measure of such a network that is
 *     no mean over images
 */
public record CellOutcome(
    String folder,
    @Nullable String failure,
    List<StageResult> results,
    Map<String, List<MetricsLine>> metrics,
    Map<String, List<Integer>> predicted,
    Map<String, List<Double>> shares) {

  /** Copies. */
  public CellOutcome {
    results = List.copyOf(results);
    metrics = Map.copyOf(metrics);
    predicted = Map.copyOf(predicted);
    shares = Map.copyOf(shares);
  }

  /**
   * Reads what is committed of some stages.
   *
   * @param name of the run folder, below the comparison's
   * @param run the folder
   * @param stages of the training
   * @param failure why it has not come to its end; null where it has
   */
  public static CellOutcome of(
      String name, RunFolder run, List<Stage> stages, @Nullable String failure) {
    List<StageResult> results =
        stages.stream().map(Stage::name).map(run::result).flatMap(Optional::stream).toList();
    var metrics = new LinkedHashMap<String, List<MetricsLine>>();
    var predicted = new LinkedHashMap<String, List<Integer>>();
    var shares = new LinkedHashMap<String, List<Double>>();
    for (StageResult result : results) {
      metrics.put(result.stage(), run.metrics(result.stage()));
      if (isTold(result, stages)) {
        predicted.put(result.stage(), run.predicted(result.stage()));
        shares.put(result.stage(), run.shares(result.stage()));
      }
    }
    return new CellOutcome(name, failure, results, metrics, predicted, shares);
  }

  /** Whether a claim is made of a stage's network: the trained model, hybrids, the meta model. */
  private static boolean isTold(StageResult result, List<Stage> stages) {
    return result.moduleIndex() != null
        || result.stage().equals(Stages.META)
        || result.stage().equals(stages.get(stages.size() - 1).name());
  }

  /** A stage's result, where it is committed. */
  Optional<StageResult> result(Stage stage) {
    return results.stream().filter(result -> result.stage().equals(stage.name())).findFirst();
  }

  /** The test images that a stage's network takes for these classes; empty where none were kept. */
  List<Integer> predicted(String stage) {
    return predicted.getOrDefault(stage, List.of());
  }

  /** What each test image gives a stage's measure; empty where it is a mean over them. */
  List<Double> shares(String stage) {
    return shares.getOrDefault(stage, List.of());
  }
}
