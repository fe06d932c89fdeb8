package io.deepincubation.integration;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What Spark 3.5 logs of an application's tasks.
 *
 * @param tasks the ended attempts of all jobs, in the order of their ends
 */
public record EventLog(List<Task> tasks) {

  /**
   * An attempt that ended.
   *
   * @param index of the task in its job, from 0
   * @param launched milliseconds since 1970
   * @param finished the same
   * @param processorNanos that the task's thread computed
   */
  public record Task(int index, long launched, long finished, long processorNanos) {

    /** Seconds that it took. */
    public double seconds() {
      return (finished - launched) / 1000.0;
    }
  }

  /** Copies. */
  public EventLog {
    tasks = List.copyOf(tasks);
  }

  /** Reads the one log in a folder. */
  public static EventLog in(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      Path file = files.findFirst().orElseThrow();
      try (Stream<String> lines = Files.lines(file)) {
        return new EventLog(
            lines
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .filter(event -> is(event, "SparkListenerTaskEnd"))
                .map(EventLog::task)
                .toList());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the event log in " + folder, e);
    }
  }

  private static boolean is(JsonObject event, String name) {
    return event.get("Event").getAsString().equals(name);
  }

  private static Task task(JsonObject event) {
    JsonObject info = event.getAsJsonObject("Task Info");
    return new Task(
        info.get("Index").getAsInt(),
        info.get("Launch Time").getAsLong(),
        info.get("Finish Time").getAsLong(),
        event.getAsJsonObject("Task Metrics").get("Executor CPU Time").getAsLong());
  }

  /** Seconds that all tasks' threads computed together. */
  public double processorSeconds() {
    return tasks.stream().mapToLong(Task::processorNanos).sum() / 1e9;
  }

  /** Seconds from the first launch to the last end. */
  public double seconds() {
    long launched = tasks.stream().mapToLong(Task::launched).min().orElseThrow();
    long finished = tasks.stream().mapToLong(Task::finished).max().orElseThrow();
    return (finished - launched) / 1000.0;
  }
}
