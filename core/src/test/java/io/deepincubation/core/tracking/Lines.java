package io.deepincubation.core.tracking;

import io.deepincubation.core.machine.MemoryUse;
import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.run.RunRecord;
import io.deepincubation.core.run.StageResult;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a run tells, made up. */
final class Lines {

  static final String TIME = "2026-11-02T03:04:05Z";

  private Lines() {}

  static MetricsLine trained(long step) {
    return line(step, 1.0 / step, null);
  }

  static MetricsLine measured(long step) {
    return line(step, null, 0.25);
  }

  private static MetricsLine line(long step, @Nullable Double loss, @Nullable Double top1) {
    String time = Instant.parse(TIME).plusSeconds(step).toString();
    return new MetricsLine(
        time, "modules/0", 0, 0, step, 100, loss, 0.1, 50, 0.5, top1, 1 << 20, null);
  }

  static StageResult result(String stage, long steps) {
    return new StageResult(
        stage,
        0,
        96,
        2,
        1.5,
        2e9,
        2e9,
        0.5,
        0.25,
        null,
        1,
        "host",
        "driver",
        "cpu",
        MemoryUse.UNKNOWN,
        0,
        steps,
        0,
        TIME,
        TIME,
        List.of(),
        "0123456789abcdef",
        null);
  }

  static RunRecord record() {
    return new RunRecord(
        RunRecord.FORMAT_VERSION,
        "tiny",
        Map.of("seed", 7L, "meta", Map.of("epochs", 2L)),
        "abc",
        "file:/data",
        "def",
        null,
        Map.of(),
        Map.of(),
        TIME);
  }
}
