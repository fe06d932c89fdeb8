package io.deepincubation.spark.predict;

import com.google.gson.Gson;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.spark.storage.HadoopPaths;
import io.deepincubation.spark.storage.StorageFactory;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Writes the predictions for a frame as Parquet, once: the folder tells what it was made of, so a
 * repeated job finds it done.
 */
public final class PredictJob {

  private static final String REQUEST = "_predictions.json";
  private static final String SUCCESS = "_SUCCESS";

  /**
   * What came of it.
   *
   * @param rows of the frame
   * @param rejected of them without a prediction
   * @param seconds that it took; 0 where it was done before
   * @param alreadyDone whether it was done before
   */
  public record Outcome(long rows, long rejected, double seconds, boolean alreadyDone) {}

  private final SparkSession spark;
  private final StorageFactory storages;

  /**
   * A job.
   *
   * @param spark runs it
   * @param storages opens the folder of the Parquet files
   */
  public PredictJob(SparkSession spark, StorageFactory storages) {
    this.spark = spark;
    this.storages = storages;
  }

  /**
   * Computes and writes the predictions.
   *
   * @param to the folder
   * @param scored the frame with its predictions
   * @param reasonColumn that tells why a row has none
   * @param request in words, all that decides what is written
   * @throws UsageException if the folder holds something else
   */
  public Outcome run(String to, Dataset<Row> scored, String reasonColumn, String request) {
    Storage target = storages.open(to);
    boolean same = target.exists(REQUEST) && target.text(REQUEST).equals(request);
    if (same && target.exists(SUCCESS)) {
      return outcome(to, reasonColumn, 0, /* alreadyDone= */ true);
    }
    if (!same && !isEmpty(to)) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot write predictions to %s: expected an empty folder, or the same model and"
                  + " images, got others' files; choose another --to or delete it",
              target.uri()));
    }
    long start = System.nanoTime();
    begin(target, request);
    scored.write().mode(SaveMode.Append).parquet(HadoopPaths.of(to).toString());
    double seconds = (System.nanoTime() - start) / 1e9;
    return outcome(to, reasonColumn, seconds, /* alreadyDone= */ false);
  }

  /** Claims the folder, and clears what a job of the same request left that was stopped. */
  private static void begin(Storage target, String request) {
    target.list("").stream().filter(name -> !name.equals(REQUEST)).forEach(target::delete);
    target.write(REQUEST, stream -> stream.write(request.getBytes(StandardCharsets.UTF_8)));
  }

  /** Whether there is neither file nor folder in it. */
  private boolean isEmpty(String to) {
    Path folder = HadoopPaths.of(to);
    try {
      return folder
              .getFileSystem(spark.sparkContext().hadoopConfiguration())
              .listStatus(folder)
              .length
          == 0;
    } catch (FileNotFoundException e) {
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Outcome outcome(String to, String reasonColumn, double seconds, boolean alreadyDone) {
    Row counts =
        spark
            .read()
            .parquet(HadoopPaths.literally(to))
            .agg(
                functions.count(functions.lit(1)),
                functions.count(functions.col("`" + reasonColumn + "`")))
            .head();
    return new Outcome(counts.getLong(0), counts.getLong(1), seconds, alreadyDone);
  }

  /** All that decides what is written, as one line of JSON. */
  public static String request(Object... facts) {
    return new Gson().toJson(facts);
  }
}
