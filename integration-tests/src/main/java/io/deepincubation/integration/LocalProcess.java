package io.deepincubation.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that ends with the one that started it, and the files of what it says. */
public final class LocalProcess implements AutoCloseable {

  private static final Duration DYING = Duration.ofSeconds(20);

  private final String name;
  private final Process process;
  private final Path out;
  private final Path err;
  private final Thread end;

  private LocalProcess(String name, Process process, Path out, Path err) {
    this.name = name;
    this.process = process;
    this.out = out;
    this.err = err;
    end = new Thread(() -> family(process).forEach(ProcessHandle::destroyForcibly));
  }

  /**
   * Starts a process.
   *
   * @param name of its files {@code NAME.out} and {@code NAME.err}
   * @param command its words
   * @param environment added to this process's own
   * @param logs the folder of its files
   */
  public static LocalProcess start(
      String name, List<String> command, Map<String, String> environment, Path logs) {
    Path out = logs.resolve(name + ".out");
    Path err = logs.resolve(name + ".err");
    try {
      Files.createDirectories(logs);
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
              .redirectError(ProcessBuilder.Redirect.appendTo(err.toFile()));
      builder.environment().putAll(environment);
      Process process = builder.start();
      process.getOutputStream().close();
      var started = new LocalProcess(name, process, out, err);
      Runtime.getRuntime().addShutdownHook(started.end);
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start " + name + ": " + command.get(0), e);
    }
  }

  /** Its handle. */
  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** Whether it runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** What it wrote to standard output so far. */
  public String out() {
    return text(out);
  }

  /** What it wrote to standard error so far. */
  public String err() {
    return text(err);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  /**
   * Waits for its end.
   *
   * @return the exit status
   * @throws IllegalStateException if the limit passes first
   */
  public int awaitExit(Duration limit) {
    try {
      if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot wait for " + name + ": interrupted", e);
    }
    throw new IllegalStateException(
        "Cannot go on: expected "
            + name
            + " to end within "
            + limit.toSeconds()
            + " s; see "
            + err);
  }

  /** Kills it with SIGKILL, its children left alone. */
  public void kill() {
    process.destroyForcibly();
    awaitExit(DYING);
  }

  /** Kills it with all its descendants. */
  @Override
  public void close() {
    List<ProcessHandle> all = family(process).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    awaitExit(DYING);
    Await.untilTrue(
        "the end of " + name + "'s children",
        DYING,
        () -> all.stream().noneMatch(ProcessHandle::isAlive));
    try {
      Runtime.getRuntime().removeShutdownHook(end);
    } catch (IllegalStateException e) {
      // the hook is running already
    }
  }

  /** Children first, as they are found by their parent. */
  private static Stream<ProcessHandle> family(Process process) {
    return Stream.concat(process.descendants(), Stream.of(process.toHandle()));
  }
}
