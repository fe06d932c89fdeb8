package io.deepincubation.integration;

import java.nio.file.Files;
import java.nio.file.Path;

/** The lines of Spark that one jar must run on. */
public enum SparkLine {
  /** Spark 3.5.9, Scala 2.12, Hadoop 3.3.4. */
  SPARK_3_5("spark-3.5", "2.12"),
  /** Spark 4.1.0, Scala 2.13, Hadoop 3.4.2. */
  SPARK_4_1("spark-4.1", "2.13"),
  /** Spark 4.2.0, Scala 2.13, Hadoop 3.5.0. */
  SPARK_4_2("spark-4.2", "2.13");

  private final String folder;
  private final String scala;

  SparkLine(String folder, String scala) {
    this.folder = folder;
    this.scala = scala;
  }

  /** The Scala version that its jars are of. */
  String scala() {
    return scala;
  }

  /** The folder of its jars, which the build has gathered. */
  Path jars() {
    Path jars = Artefacts.sparkHomes().resolve(folder).resolve("target/spark-home/jars");
    if (!Files.isDirectory(jars)) {
      throw Artefacts.missing(jars);
    }
    return jars;
  }
}
