package io.deepincubation.core.tracking;

import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.run.StageResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What is known of a stage at one of its steps.
 *
 * @param kind what was done there
 * @param step optimizer steps since the stage began
 * @param time when
 * @param values finite numbers by name, one at least
 */
record Point(Kind kind, long step, Instant time, Map<String, Double> values) {

  /** In the order in which they come at one step. */
  enum Kind {
    TRAINED(0),
    MEASURED(1),
    ENDED(2);

    private static final int KINDS = 3;
    private final int place;

    Kind(int place) {
      this.place = place;
    }
  }

  /** Copies. */
  Point {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** A line of metrics; empty where it tells no number, such as that of a resumption. */
  static Optional<Point> of(MetricsLine line) {
    var values = new LinkedHashMap<String, Double>();
    Double loss = line.loss();
    if (loss != null) {
      values.put("loss", loss);
      values.put("rate", line.rate());
      values.put("images_per_second", line.imagesPerSecond());
      values.put("data_wait", line.dataWait());
      values.put("process_bytes", (double) line.processBytes());
    } else {
      Optional.ofNullable(line.top1()).ifPresent(top1 -> values.put("top1", top1));
      values.putAll(Objects.requireNonNullElse(line.metrics(), Map.of()));
    }
    Kind kind = loss == null ? Kind.MEASURED : Kind.TRAINED;
    return of(kind, line.step(), line.time(), values);
  }

  private static Optional<Point> of(Kind kind, long step, String time, Map<String, Double> values) {
    values.values().removeIf(value -> !Double.isFinite(value));
    return values.isEmpty()
        ? Optional.empty()
        : Optional.of(new Point(kind, step, Instant.parse(time), values));
  }

  /** All that a committed stage has to tell, in its order: its lines, and what it came to. */
  static List<Point> of(StageResult result, List<MetricsLine> lines) {
    var points = new ArrayList<Point>();
    lines.forEach(line -> of(line).ifPresent(points::add));
    boolean measured =
        points.stream().anyMatch(p -> p.kind() == Kind.MEASURED && p.step() == result.steps());
    var values = new LinkedHashMap<String, Double>();
    values.put("seconds", result.seconds());
    values.put("training_flops", result.trainingFlops());
    if (!measured) {
      result.measuredAccuracy().ifPresent(accuracy -> values.put("top1", accuracy));
      Optional.ofNullable(result.metrics()).ifPresent(metrics -> values.putAll(metrics.values()));
    }
    of(Kind.ENDED, result.steps(), result.finishedAt(), values).ifPresent(points::add);
    return points;
  }

  /** The name of the first value, which every point of its kind and stage has. */
  String name() {
    return values.keySet().iterator().next();
  }

  /** Its place among the points of its stage. */
  long position() {
    return step * Kind.KINDS + kind.place;
  }
}
