package io.deepincubation.spark.predict;

import com.google.gson.Gson;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.Storage;
import java.nio.charset.StandardCharsets;
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
  private final Storage target;

  /**
   * A job.
   *
   * @param spark runs it
   * @param target the folder of the Parquet files
   */
  public PredictJob(SparkSession spark, Storage target) {
    this.spark = spark;
    this.target = target;
  }

  /**
   * Computes and writes the predictions.
   *
   * @param scored the frame with its predictions
   * @param reasonColumn that tells why a row has none
   * @param request in words, all that decides what is written
   * @throws UsageException if the folder holds something else
   */
  public Outcome run(Dataset<Row> scored, String reasonColumn, String request) {
    boolean same = target.exists(REQUEST) && target.text(REQUEST).equals(request);
    if (same && target.exists(SUCCESS)) {
      return outcome(reasonColumn, 0, /* alreadyDone= */ true);
    }
    if (!same && !target.list("").isEmpty()) {
      throw new UsageException(
          String.format(
              "Cannot write predictions to %s: expected an empty folder, or the same model and"
                  + " images, got others' files; choose another --to or delete it",
              target.uri()));
    }
    long start = System.nanoTime();
    begin(request);
    scored.write().mode(SaveMode.Append).parquet(target.uri());
    double seconds = (System.nanoTime() - start) / 1e9;
    return outcome(reasonColumn, seconds, /* alreadyDone= */ false);
  }

  /** Claims the folder, and clears what a job of the same request left that was stopped. */
  private void begin(String request) {
    target.list("").stream().filter(name -> !name.equals(REQUEST)).forEach(target::delete);
    target.write(REQUEST, stream -> stream.write(request.getBytes(StandardCharsets.UTF_8)));
  }

  private Outcome outcome(String reasonColumn, double seconds, boolean alreadyDone) {
    Row counts =
        spark
            .read()
            .parquet(target.uri())
            .agg(functions.count(functions.lit(1)), functions.count(functions.col(reasonColumn)))
            .head();
    return new Outcome(counts.getLong(0), counts.getLong(1), seconds, alreadyDone);
  }

  /** All that decides what is written, as one line of JSON. */
  public static String request(Object... facts) {
    return new Gson().toJson(facts);
  }
}
