package io.deepincubation.spark.report;

import io.deepincubation.core.run.StageResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What one way to train cost in all, and what came of it.
 *
 * @param method its name for people
 * @param accuracy top-1 on the test split of the trained target model, where it was measured
 * @param images training images that went through networks
 * @param trainingFlops of all its stages
 * @param seconds of all its stages, those side by side counted each
 */
record MethodTotal(
    String method, Optional<Double> accuracy, long images, double trainingFlops, double seconds) {

  /**
   * Totals of the methods that have come to their end, and of those begun whose stages are no
   * other's, in the methods' order. Stages that methods share count for each.
   */
  static List<MethodTotal> of(List<StageResult> results, List<MethodStages> methods) {
    Map<String, StageResult> byStage =
        results.stream()
            .collect(
                Collectors.toMap(
                    StageResult::stage, result -> result, (a, b) -> a, LinkedHashMap::new));
    var unclaimed = new LinkedHashSet<>(byStage.keySet());
    methods.stream()
        .filter(method -> byStage.containsKey(method.model()))
        .forEach(method -> unclaimed.removeAll(method.stages()));
    var totals = new ArrayList<MethodTotal>();
    for (MethodStages method : methods) {
      boolean begun = unclaimed.removeAll(method.stages());
      if (begun || byStage.containsKey(method.model())) {
        totals.add(
            total(
                method.title(),
                Optional.ofNullable(byStage.get(method.model())),
                method.stages().stream().map(byStage::get).filter(Objects::nonNull).toList()));
      }
    }
    unclaimed.forEach(
        stage -> {
          StageResult result = Objects.requireNonNull(byStage.get(stage));
          totals.add(total(stage, Optional.of(result), List.of(result)));
        });
    return List.copyOf(totals);
  }

  private static MethodTotal total(
      String method, Optional<StageResult> model, List<StageResult> results) {
    return new MethodTotal(
        method,
        model.flatMap(StageResult::measuredAccuracy),
        results.stream().mapToLong(StageResult::images).sum(),
        results.stream().mapToDouble(StageResult::trainingFlops).sum(),
        results.stream().mapToDouble(StageResult::seconds).sum());
  }
}
