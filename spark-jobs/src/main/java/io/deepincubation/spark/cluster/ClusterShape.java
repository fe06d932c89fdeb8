package io.deepincubation.spark.cluster;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The cluster at hand, as far as training sees it.
 *
 * @param master its address
 * @param slots training tasks that run at once, at least 1
 * @param tasksAtOnce of them on one executor
 * @param taskThreads processors of a training task
 * @param driverThreads processors for whole networks on the driver
 * @param gpus whether a training task has a GPU
 */
public record ClusterShape(
    String master, int slots, int tasksAtOnce, int taskThreads, int driverThreads, boolean gpus) {

  /** The same with so many slots, of a GPU each. */
  public ClusterShape withGpus(int count) {
    return new ClusterShape(
        master, count, Math.min(tasksAtOnce, count), taskThreads, driverThreads, true);
  }

  /**
   * Looks at a session's configuration and at the cores that it has now.
   *
   * @throws io.deepincubation.core.recipe.UsageException if training tasks could not be scheduled
   */
  public static ClusterShape of(SparkSession session) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    SparkConf conf = spark.getConf();
    SparkSettings settings = SparkSettings.of(conf);
    StageScheduling scheduling = StageScheduling.of(conf);
    int byCores = Math.max(1, spark.defaultParallelism() / settings.taskThreads());
    int instances = conf.getInt("spark.executor.instances", 0);
    int tasksAtOnce = settings.local() ? byCores : scheduling.tasksAtOnce();
    return new ClusterShape(
        spark.master(),
        instances > 0 ? instances * tasksAtOnce : byCores,
        tasksAtOnce,
        settings.taskThreads(),
        settings.driverThreads(),
        scheduling.asksForGpus() || hasGpu(settings));
  }

  private static boolean hasGpu(SparkSettings settings) {
    return settings.device() == DeviceChoice.GPU
        || (settings.local() && Devices.ofThisProcess().isGpu());
  }
}
