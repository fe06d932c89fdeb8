package io.deepincubation.core.tracking;

import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunRecord;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.storage.Storage;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Event files for TensorBoard: a folder a stage, which TensorBoard shows as a run.
 *
 * <p>Object stores append to no file. So while a stage trains each batch of points is a file of its
 * own, named after the place of its last point; a resumed run goes on behind it. A committed stage
 * is one file with all of its points, which takes the place of those.
 */
final class TensorBoardTracker implements Tracker {

  private static final String FILE = "events.out.tfevents.";
  private static final String WHOLE = FILE + "whole-";
  private static final int DIGITS = 12;
  private static final Pattern LIVE =
      Pattern.compile(Pattern.quote(FILE) + "(\\d{" + DIGITS + "})");

  private final Storage logs;
  private final RunFolder run;
  private final Map<String, Long> shown = new HashMap<>();

  /**
   * Shows a run.
   *
   * @param logs the folder, this run's alone
   * @param run the run
   */
  TensorBoardTracker(Storage logs, RunFolder run) {
    this.logs = logs;
    this.run = run;
  }

  @Override
  public void begin(RunRecord record) throws IOException {
    String key = TrackedRun.key(run);
    if (!TrackedRun.key(logs, key).equals(key)) {
      throw new IOException(
          "expected a folder for this run alone, got one of another run; name another");
    }
  }

  @Override
  public void live(String stage, List<Point> points) {
    long last = shown.computeIfAbsent(stage, this::lastOf);
    List<Point> fresh = points.stream().filter(point -> point.position() > last).toList();
    if (!fresh.isEmpty()) {
      long position = fresh.get(fresh.size() - 1).position();
      write(stage, FILE + String.format(Locale.ROOT, "%0" + DIGITS + "d", position), fresh);
      shown.put(stage, position);
    }
  }

  private void write(String stage, String file, List<Point> points) {
    byte[] content = file.startsWith(WHOLE) ? EventFile.whole(points) : EventFile.of(points);
    logs.write(stage + "/" + file, stream -> stream.write(content));
  }

  /** The place of the last point that an earlier process has shown of a stage; else -1. */
  private long lastOf(String stage) {
    List<String> files = logs.list(stage);
    if (files.stream().anyMatch(file -> file.startsWith(WHOLE))) {
      clear(stage, files); // It was trained before, and is anew.
      return -1;
    }
    return files.stream()
        .map(LIVE::matcher)
        .filter(Matcher::matches)
        .mapToLong(file -> Long.parseLong(file.group(1)))
        .max()
        .orElse(-1);
  }

  /** Deletes those of them that are ours: others' files may lie beside them. */
  private void clear(String stage, List<String> files) {
    files.stream()
        .filter(file -> file.startsWith(WHOLE) || LIVE.matcher(file).matches())
        .forEach(file -> logs.delete(stage + "/" + file));
  }

  @Override
  public void committed(StageResult result, List<Point> points) {
    String stage = result.stage();
    String whole = WHOLE + result.sha256().substring(0, DIGITS);
    List<String> files = logs.list(stage);
    if (!files.contains(whole)) {
      write(stage, whole, points);
    }
    clear(stage, files.stream().filter(file -> !file.equals(whole)).toList());
  }

  /** Nothing is left to do: curves are all that is shown. */
  @Override
  public void end(RunEnd end) {}
}
