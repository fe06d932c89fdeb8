package io.deepincubation.spark.report;

import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.text.Quantities;
import java.util.List;
import java.util.stream.Collectors;

/** A run in a sentence or two. */
final class Summary {

  private final List<StageResult> results;
  private final ReportFacts facts;

  Summary(List<StageResult> results, ReportFacts facts) {
    this.results = results;
    this.facts = facts;
  }

  String text() {
    List<MethodTotal> ended =
        MethodTotal.of(results, facts.methods()).stream()
            .filter(total -> total.accuracy().isPresent())
            .toList();
    if (ended.isEmpty()) {
      return "No method has come to its end here: " + results.size() + " finished stages.";
    }
    MethodTotal ours = ended.get(0);
    return Html.format(
            "%s with %d modules reached %s %s on the test split for %s.",
            ours.method(),
            facts.moduleCount(),
            Html.percent(ours.accuracy()),
            StageResult.primary(results).equals(Metrics.TOP1)
                ? "top-1 accuracy"
                : Metrics.title(StageResult.primary(results)),
            Quantities.flops(ours.trainingFlops()))
        + ended.stream()
            .skip(1)
            .map(rival -> comparison(ours, rival))
            .collect(Collectors.joining());
  }

  private static String comparison(MethodTotal ours, MethodTotal rival) {
    double difference = ours.accuracy().orElseThrow() - rival.accuracy().orElseThrow();
    return Html.format(
        " %s training of the same model reached %s for %s: a difference of %s points.",
        rival.method(),
        Html.percent(rival.accuracy()),
        Quantities.flops(rival.trainingFlops()),
        Quantities.points(difference));
  }
}
