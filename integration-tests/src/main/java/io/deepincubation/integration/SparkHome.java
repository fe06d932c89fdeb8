package io.deepincubation.integration;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Spark distribution: jars from Maven Central, configuration of its own, and the two scripts
 * {@code bin/spark-class} and {@code bin/spark-submit}, which ask Spark's launcher for the command
 * as Spark's own do.
 *
 * @param folder what {@code SPARK_HOME} names
 * @param line of Spark
 */
public record SparkHome(Path folder, SparkLine line) {

  private static final String DAEMON_MEMORY = "512m";

  /**
   * Makes a distribution.
   *
   * @param folder a new folder
   * @param line of Spark
   * @param defaults what its {@code conf/spark-defaults.conf} says
   */
  public static SparkHome create(Path folder, SparkLine line, Map<String, String> defaults) {
    try {
      Path conf = Files.createDirectories(folder.resolve("conf"));
      Path bin = Files.createDirectories(folder.resolve("bin"));
      Files.createSymbolicLink(folder.resolve("jars"), line.jars());
      copy("log4j2.properties", conf);
      Files.writeString(conf.resolve("spark-defaults.conf"), properties(defaults));
      for (String script : List.of("spark-class", "spark-submit")) {
        Files.setPosixFilePermissions(
            copy(script, bin), PosixFilePermissions.fromString("rwxr-xr-x"));
      }
      return new SparkHome(folder, line);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make a Spark distribution in " + folder, e);
    }
  }

  private static Path copy(String resource, Path folder) throws IOException {
    try (InputStream stream =
        Objects.requireNonNull(SparkHome.class.getResourceAsStream("spark-home/" + resource))) {
      Path file = folder.resolve(resource);
      Files.copy(stream, file);
      return file;
    }
  }

  /** Settings as Spark's configuration files have them. */
  static String properties(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(setting -> setting.getKey() + " " + setting.getValue() + "\n")
        .sorted()
        .collect(Collectors.joining());
  }

  /** The variables that its scripts go by. */
  public Map<String, String> environment() {
    return Map.of(
        "SPARK_HOME", folder.toString(),
        "SPARK_SCALA_VERSION", line.scala(),
        "SPARK_LOCAL_IP", "127.0.0.1",
        "SPARK_LOCAL_DIRS", folder.resolve("local").toString(),
        "SPARK_DAEMON_MEMORY", DAEMON_MEMORY,
        "JAVA_HOME", System.getProperty("java.home"));
  }

  /** The words that start one of Spark's own classes. */
  List<String> sparkClass(String mainClass, List<String> arguments) {
    return Stream.concat(
            Stream.of(folder.resolve("bin/spark-class").toString(), mainClass), arguments.stream())
        .toList();
  }

  /** The script that applications are submitted with. */
  public Path sparkSubmit() {
    return folder.resolve("bin/spark-submit");
  }
}
