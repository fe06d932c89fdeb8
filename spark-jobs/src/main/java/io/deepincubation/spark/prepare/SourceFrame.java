package io.deepincubation.spark.prepare;

import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * A source as a data frame.
 *
 * @param rows with all columns of the source
 * @param split which split a row is of by its file's name; null where no name tells
 * @param classNames names of numbered classes, by column, where the files tell
 * @param leftOut files of the source that are not looked into
 */
public record SourceFrame(
    Dataset<Row> rows,
    @Nullable Column split,
    Map<String, List<String>> classNames,
    LeftOut leftOut) {

  /** A frame that tells no more than its rows. */
  static SourceFrame of(Dataset<Row> rows) {
    return of(rows, Map.of());
  }

  /**
   * A program's frame.
   *
   * @param classNames names of numbered classes, by column
   */
  public static SourceFrame of(Dataset<Row> rows, Map<String, List<String>> classNames) {
    return new SourceFrame(rows, null, classNames, LeftOut.NONE);
  }

  /** The same with files that are not looked into. */
  SourceFrame leftOut(LeftOut files) {
    return new SourceFrame(rows, split, classNames, files);
  }
}
