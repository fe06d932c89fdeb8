package io.deepincubation.spark.prepare;

import io.deepincubation.spark.storage.StorageFactory;
import org.apache.spark.sql.SparkSession;

/** Images of any source as data frames. */
public final class ImageFrames {

  private ImageFrames() {}

  /**
   * Opens a source with all its columns; image files have those of Spark's {@code binaryFile}
   * source, but not the content, which is read by the path.
   *
   * @param spark reads it
   * @param storages open it, in tasks too
   * @param from a folder's URI, or a table's name
   * @param format how the images come
   * @throws io.deepincubation.core.data.pixels.UnfitDataException if there is nothing that can be
   *     read
   */
  public static SourceFrame open(
      SparkSession spark, StorageFactory storages, String from, SourceFormat format) {
    return new SampleSources(spark, storages).frame(from, format);
  }

  /**
   * The same; image files have their content too, null where it cannot be read.
   *
   * @param spark reads it
   * @param storages open it, in tasks too
   * @param from a folder's URI, or a table's name
   * @param format how the images come
   * @throws io.deepincubation.core.data.pixels.UnfitDataException if there is nothing that can be
   *     read
   */
  public static SourceFrame openWithContent(
      SparkSession spark, StorageFactory storages, String from, SourceFormat format) {
    return new SampleSources(spark, storages).frameWithContent(from, format);
  }
}
