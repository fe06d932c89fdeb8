package io.deepincubation.core.run;

import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An attempt at a stage that has trained it and uploaded its weights.
 *
 * @param result what was done
 * @param configuration what {@code config.json} says of the network
 * @param metrics the lines of {@code metrics.jsonl}
 * @param predicted the class that each test image is taken for, in order; null in attempts of
 *     earlier versions
 * @param scenes the first test images as annotated and as predicted, a JPEG file in Base64; null
 *     where whole images are classified
 */
record FinishedAttempt(
    StageResult result,
    Map<String, Object> configuration,
    List<MetricsLine> metrics,
    @Nullable List<Integer> predicted,
    @Nullable String scenes) {

  /** Copies. */
  FinishedAttempt {
    configuration = Collections.unmodifiableMap(new LinkedHashMap<>(configuration));
    metrics = List.copyOf(metrics);
    predicted = predicted == null ? null : List.copyOf(predicted);
  }

  static FinishedAttempt of(
      StageResult result,
      Map<String, Object> configuration,
      List<MetricsLine> metrics,
      List<Integer> predicted,
      byte @Nullable [] scenes) {
    String text = scenes == null ? null : Base64.getEncoder().encodeToString(scenes);
    return new FinishedAttempt(result, configuration, metrics, predicted, text);
  }

  /** The scenes as a JPEG file. */
  byte @Nullable [] picture() {
    return scenes == null ? null : Base64.getDecoder().decode(scenes);
  }
}
