package io.deepincubation.spark.comparison;

import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.statistics.Estimate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** What came of a comparison, and the work that it took this time. */
public final class ComparisonReport {

  /**
   * The work of one call.
   *
   * @param trainings of the comparison, equal ones counted once
   * @param trained that came to their end now
   * @param found that were done before
   * @param failed that have not come to their end
   * @param stagesTrained stages that were computed now
   * @param stagesShared stages that a training took from another
   * @param busy by number of executors that trained at once, the share of the time
   */
  public record Work(
      int trainings,
      int trained,
      int found,
      int failed,
      int stagesTrained,
      int stagesShared,
      Map<Integer, Double> busy) {

    /** Copies. */
    public Work {
      busy = Collections.unmodifiableMap(new TreeMap<>(busy));
    }
  }

  private static final StructType COLUMNS =
      new StructType()
          .add("label", DataTypes.StringType)
          .add("method", DataTypes.StringType)
          .add("values", DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType))
          .add("x", DataTypes.DoubleType)
          .add("seed", DataTypes.LongType)
          .add("top1", DataTypes.DoubleType)
          .add("mean", DataTypes.DoubleType)
          .add("margin", DataTypes.DoubleType)
          .add("planned_flops", DataTypes.DoubleType)
          .add("computed_flops", DataTypes.DoubleType)
          .add("nominal_flops", DataTypes.DoubleType)
          .add("seconds", DataTypes.DoubleType)
          .add("longest_path", DataTypes.DoubleType)
          .add("folder", DataTypes.StringType)
          .add("failure", DataTypes.StringType)
          .add("measures", DataTypes.createMapType(DataTypes.StringType, DataTypes.DoubleType));

  private final JavaSparkContext spark;
  private final Comparison comparison;
  private final Work work;
  private final @Nullable RuntimeException failure;

  ComparisonReport(
      JavaSparkContext spark,
      Comparison comparison,
      Work work,
      @Nullable RuntimeException failure) {
    this.spark = spark;
    this.comparison = comparison;
    this.work = work;
    this.failure = failure;
  }

  /** All rows, differences and what may be said of them. */
  public Comparison comparison() {
    return comparison;
  }

  /** What was trained now, and what was found. */
  public Work work() {
    return work;
  }

  /** What a caller who needs all trainings would throw; null where none failed. */
  public @Nullable RuntimeException failure() {
    return failure;
  }

  /**
   * A row for each training, with the mean and the 95 % margin over the seeds of its kind; {@code
   * measures} are all others by their names.
   */
  public Dataset<Row> rows() {
    var rows = new ArrayList<Row>();
    for (Comparison.Row row : comparison.rows()) {
      row.cells().forEach(cell -> rows.add(row(row, cell)));
    }
    return SparkSession.builder()
        .sparkContext(spark.sc())
        .getOrCreate()
        .createDataFrame(rows, COLUMNS);
  }

  private static Row row(Comparison.Row row, Comparison.Cell cell) {
    Estimate top1 = row.top1();
    return RowFactory.create(
        row.label(),
        row.method(),
        row.values(),
        row.x(),
        cell.seed(),
        cell.top1(),
        top1 == null ? null : top1.mean(),
        top1 == null ? null : top1.margin(),
        cell.plannedFlops(),
        cell.computedFlops(),
        cell.nominalFlops(),
        cell.seconds(),
        cell.longestPath(),
        cell.folder(),
        cell.failure(),
        cell.measures());
  }
}
