package io.deepincubation.spark.prepare;

import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.spark.storage.HadoopPaths;
import io.deepincubation.spark.storage.StorageFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Keeps what is written out of what is read. */
public final class Apart {

  private Apart() {}

  /**
   * Checks that a job writes neither into its source, nor around it: what it wrote would be read as
   * the source's the next time.
   *
   * @param from a folder or a file; what is none, such as a table's name, is apart from everything
   * @param to the folder that is written
   * @param configuration the cluster's
   * @throws UsageException if one is in the other, or both are the same
   */
  public static void require(String from, String to, Configuration configuration) {
    Optional<String> source = place(from, configuration);
    Optional<String> target = place(to, configuration);
    if (source.isPresent()
        && target.isPresent()
        && exists(from, configuration)
        && (isIn(source.get(), target.get()) || isIn(target.get(), source.get()))) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot write %s: expected a folder apart from the source %s, got one that %s; choose"
                  + " another --to",
              to,
              from,
              relation(source.get(), target.get())));
    }
  }

  private static String relation(String source, String target) {
    if (source.equals(target)) {
      return "is the same";
    }
    return isIn(target, source) ? "is in it" : "it is in";
  }

  private static boolean isIn(String inner, String outer) {
    return inner.equals(outer) || inner.startsWith(FileListing.at(outer, ""));
  }

  private static boolean exists(String place, Configuration configuration) {
    try {
      Path path = HadoopPaths.of(place);
      return path.getFileSystem(configuration).exists(path);
    } catch (IOException e) {
      throw StorageFailure.of("look for", place, e);
    }
  }

  /** The whole URI, without links where it is on this machine. */
  private static Optional<String> place(String text, Configuration configuration) {
    try {
      Path path = HadoopPaths.of(text);
      FileSystem fileSystem = path.getFileSystem(configuration);
      Path whole = fileSystem.makeQualified(path);
      return Optional.of(
          HadoopPaths.isLocal(fileSystem)
              ? "file:" + real(java.nio.file.Path.of(whole.toUri().getPath()))
              : whole.toString());
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty(); // whoever opens it says what is wrong
    }
  }

  /** A path without links in as much of it as there is. */
  private static java.nio.file.Path real(java.nio.file.Path path) throws IOException {
    java.nio.file.Path parent = path.getParent();
    if (Files.exists(path) || parent == null) {
      return path.toRealPath();
    }
    return real(parent).resolve(path.getFileName());
  }
}
