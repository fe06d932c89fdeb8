package io.deepincubation.core.run;

import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An attempt at a stage that has trained it and uploaded its weights.
 *
 * @param result what was done
 * @param configuration what {@code config.json} says of the network
 * @param metrics the lines of {@code metrics.jsonl}
 * @param predicted the class that each test image is taken for, in order; null in attempts of
 *     earlier versions
 * @param shares what each image, or group of images, gives the measure; null in attempts of earlier
 *     versions
 * @param scenes the first test images as annotated and as predicted, a JPEG file in Base64; null
 *     where whole images are classified
 */
record FinishedAttempt(
    StageResult result,
    Map<String, Object> configuration,
    List<MetricsLine> metrics,
    @Nullable List<Integer> predicted,
    @Nullable List<Double> shares,
    @Nullable String scenes) {

  /** Copies. */
  FinishedAttempt {
    configuration = Collections.unmodifiableMap(new LinkedHashMap<>(configuration));
    metrics = List.copyOf(metrics);
    predicted = predicted == null ? null : List.copyOf(predicted);
    shares = shares == null ? null : List.copyOf(shares);
  }

  static FinishedAttempt of(
      StageResult result,
      Map<String, Object> configuration,
      List<MetricsLine> metrics,
      Answers answers) {
    String text = answers.scenes().map(Base64.getEncoder()::encodeToString).orElse(null);
    return new FinishedAttempt(
        result, configuration, metrics, answers.predicted(), answers.shares(), text);
  }

  /** What the network says of the test images. */
  Answers answers() {
    return new Answers(
        predicted == null ? List.of() : predicted,
        shares == null ? List.of() : shares,
        Optional.ofNullable(scenes).map(Base64.getDecoder()::decode));
  }
}
