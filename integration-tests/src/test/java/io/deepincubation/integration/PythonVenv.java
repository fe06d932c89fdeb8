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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Python with the packages of one of {@code src/test/python/requirements*.txt}, in a virtual
 * environment below the user's cache: it is made once, which downloads up to 3 GB.
 */
final class PythonVenv {

  private static final Path SOURCES = Path.of("src/test/python").toAbsolutePath();
  private static final Duration INSTALLING = Duration.ofMinutes(25);
  private static final Duration RUNNING = Duration.ofMinutes(8);

  private final Path folder;
  private final Path logs;
  private final Map<String, String> environment;

  private PythonVenv(Path folder, Path logs, Map<String, String> environment) {
    this.folder = folder;
    this.logs = logs;
    this.environment = environment;
  }

  /** The same for scripts with these variables. */
  PythonVenv with(Map<String, String> variables) {
    return new PythonVenv(folder, logs, variables);
  }

  /** The environment of {@code requirements.txt}, made now where it is missing. */
  static PythonVenv open(Path logs) {
    return open("requirements.txt", logs);
  }

  /**
   * An environment of requirements that name every package, so that what they leave out is not
   * installed.
   */
  static PythonVenv frozen(String requirements, Path logs) {
    return open(requirements, List.of("--no-deps"), logs);
  }

  /** The environment of a file of requirements, made now where it is missing. */
  static PythonVenv open(String requirements, Path logs) {
    return open(requirements, List.of(), logs);
  }

  private static PythonVenv open(String requirements, List<String> options, Path logs) {
    Path file = SOURCES.resolve(requirements);
    Path caches = Path.of(System.getProperty("user.home"), ".cache", "deep-incubation");
    var venv = new PythonVenv(caches.resolve("python-" + digest(file)), logs, Map.of());
    Path ready = venv.folder.resolve("ready");
    if (!Files.exists(ready)) {
      venv.install(file, options);
      write(ready);
    }
    return venv;
  }

  /** The interpreter that environments are made with, where there is one. */
  static Optional<Path> interpreter() {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .map(folder -> Path.of(folder, "python3"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private void install(Path requirements, List<String> options) {
    String python = interpreter().orElseThrow().toString();
    run("venv", List.of(python, "-m", "venv", "--clear", folder.toString()), INSTALLING);
    var command =
        new ArrayList<>(List.of(command("python"), "-m", "pip", "install", "--no-cache-dir"));
    command.addAll(options);
    command.addAll(List.of("--requirement", requirements.toString()));
    run("pip", command, INSTALLING);
  }

  /**
   * Runs {@code reference.py} to its good end.
   *
   * @return what it says
   */
  String reference(String verb, Path... paths) {
    Stream<String> files = Stream.of(paths).map(Path::toString);
    return script("reference.py", Stream.concat(Stream.of(verb), files).toArray(String[]::new));
  }

  /**
   * Runs a script of {@code src/test/python}, or of another folder, to its good end.
   *
   * @return what it says
   */
  String script(String script, String... words) {
    Path file = SOURCES.resolve(script).normalize();
    var command = new ArrayList<>(List.of(command("python"), file.toString()));
    command.addAll(List.of(words));
    return run(file.getFileName().toString().replace(".py", ""), command, RUNNING);
  }

  /** The Spark that PySpark's package brings, which {@code SPARK_HOME} names. */
  Path spark() {
    try (Stream<Path> versions = Files.list(folder.resolve("lib"))) {
      return versions
          .map(version -> version.resolve("site-packages/pyspark"))
          .filter(Files::isDirectory)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Builds the wheel of a Python project, with the build tool that it names.
   *
   * @param sources a copy of the project, which is written into
   */
  Path wheel(Path sources) {
    Path wheels = sources.resolve("wheels");
    run(
        "wheel",
        List.of(
            command("python"),
            "-m",
            "pip",
            "wheel",
            "--no-deps",
            "-w",
            wheels.toString(),
            sources.toString()),
        INSTALLING);
    try (Stream<Path> made = Files.list(wheels)) {
      return made.findFirst().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A command of the environment. */
  String command(String name) {
    return folder.resolve("bin").resolve(name).toString();
  }

  private String run(String name, List<String> command, Duration limit) {
    var all = new HashMap<>(environment);
    all.put("PYTHONDONTWRITEBYTECODE", "1");
    LocalProcess process = LocalProcess.start(name, command, all, logs);
    assertThat(process.awaitExit(limit)).as("%s%n%s", process.out(), process.err()).isZero();
    return process.out();
  }

  private static String digest(Path requirements) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(requirements));
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
