package io.deepincubation.integration;

import java.nio.file.Files;
import java.nio.file.Path;

/** What the build has gathered, found by the system properties that it sets. */
public final class Artefacts {

  private Artefacts() {}

  /** The jar that users submit. */
  public static Path allJar() {
    return file("deepincubation.all-jar");
  }

  /** The S3 server with all its dependencies. */
  static Path s3Proxy() {
    return file("deepincubation.s3proxy");
  }

  /** The modules that gather Spark's jars. */
  static Path sparkHomes() {
    return file("deepincubation.spark-homes");
  }

  private static Path file(String property) {
    String value = System.getProperty(property);
    if (value == null) {
      throw new IllegalStateException(
          "Cannot find real components: expected the system property "
              + property
              + "; run with `./mvnw -Pintegration verify`");
    }
    Path file = Path.of(value);
    if (!Files.exists(file)) {
      throw missing(file);
    }
    return file;
  }

  static IllegalStateException missing(Path file) {
    return new IllegalStateException(
        "Cannot find " + file + "; build it with `./mvnw -Pintegration verify`");
  }
}
