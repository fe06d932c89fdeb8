package io.deepincubation.spark.prepare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/** The folder of the catalog's own tables, which Spark makes when it is first asked for any. */
final class Warehouse {

  private Warehouse() {}

  /** Asks the catalog, and takes away an empty folder that Spark made for that on this machine. */
  static <T> T untouched(SparkSession spark, Supplier<T> question) {
    String uri = spark.conf().get("spark.sql.warehouse.dir");
    Path folder = Path.of(uri.replaceFirst("^file:(//)?", ""));
    boolean isNew = uri.startsWith("file:") && Files.notExists(folder);
    try {
      return question.get();
    } finally {
      if (isNew) {
        deleteEmpty(folder);
      }
    }
  }

  private static void deleteEmpty(Path folder) {
    try {
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // others have put something there meanwhile
    }
  }
}
