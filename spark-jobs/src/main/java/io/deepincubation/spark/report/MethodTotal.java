package io.deepincubation.spark.report;

import io.deepincubation.core.checkpoint.StageResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

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

  static final String DEEP_INCUBATION = "Deep Incubation";
  static final String END_TO_END = "End-to-end";

  private static final String BASELINES = "baselines/";

  private static final Map<String, String> NAMES =
      Map.of(
          "e2e", END_TO_END,
          "staged-e2e", "Staged end-to-end",
          "imitation", "Module imitation",
          "dgl", "DGL",
          "infopro", "InfoPro");

  /** Totals by method: Deep Incubation first, then the baselines in the order of their results. */
  static List<MethodTotal> of(List<StageResult> results) {
    Map<String, List<StageResult>> byMethod = new LinkedHashMap<>();
    results.stream()
        .sorted(Comparator.comparing(result -> isBaseline(result.stage())))
        .forEach(
            result ->
                byMethod
                    .computeIfAbsent(method(result.stage()), name -> new ArrayList<>())
                    .add(result));
    return byMethod.entrySet().stream()
        .map(entry -> total(entry.getKey(), entry.getValue()))
        .toList();
  }

  static boolean isBaseline(String stage) {
    return stage.startsWith(BASELINES);
  }

  private static String method(String stage) {
    if (!isBaseline(stage)) {
      return DEEP_INCUBATION;
    }
    String key = stage.substring(BASELINES.length()).split("/", 2)[0];
    return Objects.requireNonNullElse(NAMES.get(key), key);
  }

  private static MethodTotal total(String method, List<StageResult> results) {
    return new MethodTotal(
        method,
        results.stream()
            .filter(result -> isTargetModel(result.stage()))
            .flatMap(result -> result.measuredAccuracy().stream())
            .findFirst(),
        results.stream().mapToLong(StageResult::images).sum(),
        results.stream().mapToDouble(StageResult::trainingFlops).sum(),
        results.stream().mapToDouble(StageResult::seconds).sum());
  }

  private static boolean isTargetModel(String stage) {
    return stage.equals("final")
        || stage.endsWith("/final")
        || (isBaseline(stage) && stage.indexOf('/') == stage.lastIndexOf('/'));
  }
}
