package io.deepincubation.spark.storage;

import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * How places that users name are read, everywhere: a URI of a scheme and an absolute path, or else
 * a path. Both are taken as they stand, as Hadoop does; nothing in them is percent-coded, and no
 * character stands for others.
 */
public final class HadoopPaths {

  private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/.*", Pattern.DOTALL);
  private static final Pattern WILD = Pattern.compile("[\\\\{}\\[\\]*?]");

  private HadoopPaths() {}

  /**
   * The place that a text names. A path may have a colon, as in {@code 12:30/photos}.
   *
   * @throws IllegalArgumentException if there is no such path, such as an empty one
   */
  public static Path of(String text) {
    int colon = text.indexOf(':');
    boolean looksAbsolute = colon >= 0 && !text.substring(0, colon).contains("/");
    return new Path(looksAbsolute && !URI.matcher(text).matches() ? "./" + text : text);
  }

  /** The text by which Spark's readers, which take patterns, find this place alone. */
  public static String literally(String text) {
    return WILD.matcher(of(text).toString()).replaceAll("\\\\$0");
  }

  /** Whether files of this machine are meant. */
  public static boolean isLocal(FileSystem fileSystem) {
    return fileSystem instanceof LocalFileSystem || fileSystem instanceof RawLocalFileSystem;
  }
}
