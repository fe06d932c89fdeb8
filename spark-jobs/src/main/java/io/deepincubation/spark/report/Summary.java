package io.deepincubation.spark.report;

import io.deepincubation.core.checkpoint.StageResult;
import java.util.List;
import java.util.Optional;

/** A run in a sentence or two. */
final class Summary {

  private final List<StageResult> results;
  private final int moduleCount;

  Summary(List<StageResult> results, int moduleCount) {
    this.results = results;
    this.moduleCount = moduleCount;
  }

  String text() {
    List<MethodTotal> totals = MethodTotal.of(results);
    Optional<MethodTotal> ours = find(totals, MethodTotal.DEEP_INCUBATION);
    Optional<Double> accuracy = ours.flatMap(MethodTotal::accuracy);
    if (accuracy.isEmpty()) {
      return "Deep Incubation has not come to its end here: "
          + results.size()
          + " finished stages.";
    }
    String reached =
        Html.format(
            "Deep Incubation with %d modules reached %s top-1 accuracy on the test images for %s.",
            moduleCount, Html.percent(accuracy), Html.flops(ours.orElseThrow().trainingFlops()));
    return find(totals, MethodTotal.END_TO_END)
        .filter(rival -> rival.accuracy().isPresent())
        .map(rival -> reached + comparison(ours.orElseThrow(), rival))
        .orElse(reached);
  }

  private static Optional<MethodTotal> find(List<MethodTotal> totals, String method) {
    return totals.stream().filter(total -> total.method().equals(method)).findFirst();
  }

  private static String comparison(MethodTotal ours, MethodTotal rival) {
    double difference = ours.accuracy().orElseThrow() - rival.accuracy().orElseThrow();
    return Html.format(
        " End-to-end training of the same model reached %s for %s: a difference of %s points.",
        Html.percent(rival.accuracy()), Html.flops(rival.trainingFlops()), Html.points(difference));
  }
}
