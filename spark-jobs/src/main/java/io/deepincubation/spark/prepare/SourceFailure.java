package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.text.Causes;
import io.deepincubation.core.text.FirstLine;
import io.deepincubation.spark.storage.HadoopPaths;
import io.deepincubation.spark.storage.StorageFailure;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.AnalysisException;

/** What it means that Spark could not do something with a source. */
public final class SourceFailure {

  private SourceFailure() {}

  /**
   * Does something with a source.
   *
   * @param action in words, such as {@code prepare file:/to from file:/from}
   * @param from the source
   * @param work what is done
   * @throws UnfitDataException if the source cannot be read
   * @throws StorageException if a file system refuses, or the disk for temporary files is full
   */
  public static <T> T telling(String action, String from, Supplier<T> work) {
    try {
      return work.get();
    } catch (Exception e) { // Spark's are partly checked ones that it does not declare
      throw of(action, from, e);
    }
  }

  /**
   * What a task threw, without Spark's wrapping, so that callers can tell what went wrong; or what
   * Spark's readers met with, which are told apart by their causes alone.
   */
  private static RuntimeException of(String action, String from, Exception failure) {
    Optional<RuntimeException> known =
        Causes.of(failure)
            .filter(SourceFailure::isKnown)
            .map(RuntimeException.class::cast)
            .findFirst()
            .or(() -> fullDisk(action, failure))
            .or(() -> unloadable(action, failure))
            .or(() -> StorageFailure.among("read images from", from, failure));
    if (known.isPresent()) {
      return known.get();
    }
    String message = String.format(Locale.ROOT, "Cannot %s: %s", action, reason(from, failure));
    return Causes.of(failure).anyMatch(cause -> isOf(from, cause))
        ? new UnfitDataException(message, failure)
        : new IllegalStateException(message, failure);
  }

  /** Files of the target are written by storages, which name it: this is where Spark sorts. */
  private static Optional<RuntimeException> fullDisk(String action, Exception failure) {
    boolean full =
        Causes.of(failure)
            .anyMatch(
                cause -> String.valueOf(cause.getMessage()).contains("No space left on device"));
    return full
        ? Optional.of(
            new StorageException(
                String.format(
                    Locale.ROOT,
                    "Cannot %s: the disk of the temporary folder %s is full; free space there, or"
                        + " name another with java.io.tmpdir and spark.local.dir",
                    action,
                    temporaryFolders()),
                failure))
        : Optional.empty();
  }

  /** Formats unpack their native libraries, Parquet's Snappy among them, into that folder. */
  private static Optional<RuntimeException> unloadable(String action, Exception failure) {
    return Causes.of(failure)
        .filter(UnsatisfiedLinkError.class::isInstance)
        .<RuntimeException>map(
            cause ->
                new StorageException(
                    String.format(
                        Locale.ROOT,
                        "Cannot %s: a native library cannot be loaded: expected room, and leave to"
                            + " load programs, in the temporary folder %s, got \"%s\"; free space"
                            + " there, or name another with java.io.tmpdir and spark.local.dir",
                        action,
                        temporaryFolders(),
                        FirstLine.of(cause.getMessage())),
                    failure))
        .findFirst();
  }

  private static String temporaryFolders() {
    SparkEnv environment = SparkEnv.get();
    SparkConf conf = environment == null ? new SparkConf() : environment.conf();
    String java = System.getProperty("java.io.tmpdir", "");
    String spark = conf.get("spark.local.dir", java);
    return spark.equals(java) ? java : java + " or " + spark;
  }

  /** The innermost cause, and the file where another one names it. */
  private static String reason(String from, Exception failure) {
    List<Throwable> causes = Causes.of(failure).toList();
    String reason = FirstLine.paragraph(causes.get(causes.size() - 1).getMessage());
    String path = path(from);
    return reason.contains(path)
        ? reason
        : causes.stream()
            .map(cause -> file(path, cause))
            .flatMap(Optional::stream)
            .findFirst()
            .map(file -> reason + " (in " + file + ")")
            .orElse(reason);
  }

  private static Optional<String> file(String path, Throwable cause) {
    Matcher file =
        Pattern.compile("[^\\s'\"]*" + Pattern.quote(path) + "/[^\\s'\":]*[^\\s'\":.,;]")
            .matcher(String.valueOf(cause.getMessage()));
    return file.find() ? Optional.of(file.group()) : Optional.empty();
  }

  /** Readers of formats throw what they like, but name the file. */
  private static boolean isOf(String source, Throwable failure) {
    return failure instanceof IOException
        || failure instanceof AnalysisException
        || String.valueOf(failure.getMessage()).contains(path(source));
  }

  private static String path(String source) {
    return HadoopPaths.of(source).toUri().getPath();
  }

  private static boolean isKnown(Throwable failure) {
    return failure instanceof UnfitDataException
        || failure instanceof StorageException
        || failure instanceof UsageException;
  }
}
