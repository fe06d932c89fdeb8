package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Python with the packages of {@code src/test/python/requirements.txt}, in a virtual environment
 * below the user's cache: it is made once, which downloads 3 GB.
 */
final class PythonVenv {

  private static final Path SOURCES = Path.of("src/test/python").toAbsolutePath();
  private static final Path REQUIREMENTS = SOURCES.resolve("requirements.txt");
  private static final Duration INSTALLING = Duration.ofMinutes(25);
  private static final Duration RUNNING = Duration.ofMinutes(5);

  private final Path folder;
  private final Path logs;

  private PythonVenv(Path folder, Path logs) {
    this.folder = folder;
    this.logs = logs;
  }

  /** The environment, made now where it is missing. */
  static PythonVenv open(Path logs) {
    Path caches = Path.of(System.getProperty("user.home"), ".cache", "deep-incubation");
    var venv = new PythonVenv(caches.resolve("python-" + digest()), logs);
    Path ready = venv.folder.resolve("ready");
    if (!Files.exists(ready)) {
      venv.install();
      write(ready);
    }
    return venv;
  }

  private void install() {
    String python = AirflowStandIn.python().orElseThrow().toString();
    run("venv", List.of(python, "-m", "venv", "--clear", folder.toString()), INSTALLING);
    List<String> pip = List.of(python(), "-m", "pip", "install", "--no-cache-dir", "--requirement");
    var command = new ArrayList<>(pip);
    command.add(REQUIREMENTS.toString());
    run("pip", command, INSTALLING);
  }

  /**
   * Runs {@code reference.py} to its good end.
   *
   * @return what it says
   */
  String reference(String verb, Path... paths) {
    var command = new ArrayList<>(List.of(python(), SOURCES.resolve("reference.py") + "", verb));
    for (Path path : paths) {
      command.add(path.toString());
    }
    return run("reference-" + verb, command, RUNNING);
  }

  /**
   * Runs a script to its good end.
   *
   * @return what it says
   */
  String script(Path script, String... arguments) {
    var command = new ArrayList<>(List.of(python(), script.toString()));
    command.addAll(List.of(arguments));
    return run(script.getFileName().toString(), command, RUNNING);
  }

  private String python() {
    return folder.resolve("bin/python").toString();
  }

  private String run(String name, List<String> command, Duration limit) {
    LocalProcess process =
        LocalProcess.start(name, command, Map.of("PYTHONDONTWRITEBYTECODE", "1"), logs);
    assertThat(process.awaitExit(limit)).as("%s%n%s", process.out(), process.err()).isZero();
    return process.out();
  }

  private static String digest() {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(REQUIREMENTS));
      return new BigInteger(1, digest).toString(16).substring(0, 12);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void write(Path file) {
    try {
      Files.createFile(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
