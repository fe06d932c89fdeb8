package io.deepincubation.spark.doctor;

import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.text.FirstLine;
import io.deepincubation.core.training.Attempt;
import io.deepincubation.spark.cluster.Devices;
import io.deepincubation.spark.cluster.SparkSettings;
import io.deepincubation.spark.cluster.StageScheduling;
import io.deepincubation.spark.storage.HadoopStorageFactory;
import io.deepincubation.spark.storage.StorageFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.network.util.JavaUtils;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.CollectionAccumulator;

/** Examines the driver and every executor, and says what to mend before training. */
public final class Doctor {

  private static final Duration SETTLING = Duration.ofSeconds(3);
  private static final long GLANCE_MILLIS = 200;
  private static final long LEAST_OVERHEAD = 384L << 20;
  private static final double OVERHEAD_SHARE = 0.1;

  private final JavaSparkContext spark;
  private final StorageFactory storages;
  private final Duration deadline;

  /**
   * A doctor for this Spark.
   *
   * @param spark the session whose driver and executors are examined
   * @param deadline of all waiting for executors, at least a second
   */
  public Doctor(SparkSession spark, Duration deadline) {
    this.spark = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.deadline = deadline;
    storages = new HadoopStorageFactory(this.spark.hadoopConfiguration());
  }

  /**
   * Examines.
   *
   * @param dataUri a prepared set that will be read, or empty
   * @param runUri a folder that will be written, or empty
   * @return the driver's examination and each executor's
   */
  public List<Examination> examine(String dataUri, String runUri) {
    SparkConf conf = spark.getConf();
    var examinations = new ArrayList<Examination>();
    StageScheduling scheduling;
    try {
      scheduling = StageScheduling.of(conf);
    } catch (UsageException e) {
      return List.of(cluster(Finding.State.FAIL, String.valueOf(e.getMessage()), "see above"));
    }
    ExaminationFacts facts = facts(SparkSettings.of(conf), scheduling, dataUri, runUri);
    examinations.add(
        new ProcessExamination(facts, storages)
            .examine(Attempt.DRIVER, Devices.assigned(spark.resources())));
    if (!facts.settings().local()) {
      examinations.addAll(executors(facts, scheduling));
    }
    return List.copyOf(examinations);
  }

  private ExaminationFacts facts(
      SparkSettings settings, StageScheduling scheduling, String dataUri, String runUri) {
    return new ExaminationFacts(
        UUID.randomUUID().toString(),
        settings,
        settings.local()
            ? Math.max(1, spark.defaultParallelism() / settings.taskThreads())
            : scheduling.tasksAtOnce(),
        grantedBytes(spark.getConf()),
        dataUri,
        runUri,
        ProcessExamination.versions(),
        Math.max(1, deadline.toSeconds() / 2));
  }

  /** Memory beside an executor's heap, which YARN and Kubernetes count and others do not. */
  private static long grantedBytes(SparkConf conf) {
    String master = conf.get("spark.master", "");
    if (!master.startsWith("yarn") && !master.startsWith("k8s:")) {
      return -1;
    }
    long heap = conf.getSizeAsBytes("spark.executor.memory", "1g");
    double share = conf.getDouble("spark.executor.memoryOverheadFactor", OVERHEAD_SHARE);
    long fallback = Math.max(LEAST_OVERHEAD, (long) (share * heap));
    String configured =
        conf.get(StageScheduling.EXECUTOR_OVERHEAD, conf.get("spark.executor.memoryOverhead", ""));
    return configured.isEmpty() ? fallback : JavaUtils.byteStringAsMb(configured) << 20;
  }

  private List<Examination> executors(ExaminationFacts facts, StageScheduling scheduling) {
    Instant end = Instant.now().plus(deadline);
    boolean dynamic = spark.getConf().getBoolean("spark.dynamicAllocation.enabled", false);
    if (!dynamic && settled(end) == 0) {
      return List.of(
          cluster(
              Finding.State.FAIL,
              "no executor came within " + deadline.toSeconds() + " s",
              "check the master's address, and that a worker has the cores, the memory and the GPUs"
                  + " that spark.executor.* ask for"));
    }
    CollectionAccumulator<String> examined = spark.sc().collectionAccumulator();
    String trouble = run(new ExaminationTask(facts, storages, examined), scheduling, end);
    var examinations =
        new ArrayList<>(
            examined.value().stream()
                .map(Examination::fromJson)
                .sorted(Comparator.comparing(Examination::place))
                .toList());
    int silent = registered() - examinations.size();
    if (silent > 0 || examinations.isEmpty()) {
      examinations.add(
          cluster(
              Finding.State.FAIL,
              String.format(
                  Locale.ROOT,
                  "%d of %d executors did not answer within %d s%s",
                  Math.max(silent, 0),
                  registered(),
                  deadline.toSeconds(),
                  trouble),
              "see the executors' logs; a longer --timeout helps where they are only slow"));
    }
    return List.copyOf(examinations);
  }

  /** The number of executors once no more come, or at the deadline. */
  private int settled(Instant end) {
    int seen = 0;
    Instant since = Instant.now();
    while (Instant.now().isBefore(end)
        && (seen == 0 || since.plus(SETTLING).isAfter(Instant.now()))) {
      if (registered() != seen) {
        seen = registered();
        since = Instant.now();
      }
      try {
        TimeUnit.MILLISECONDS.sleep(GLANCE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return seen;
      }
    }
    return seen;
  }

  /** Executors that Spark knows, the driver not counted. */
  private int registered() {
    return spark.sc().statusTracker().getExecutorInfos().length - 1;
  }

  /**
   * Runs more tasks than there are slots, so that every executor has one.
   *
   * @return what went wrong, with a colon before; empty if nothing did
   */
  private String run(ExaminationTask task, StageScheduling scheduling, Instant end) {
    int tasks = Math.max(2 * Math.max(1, registered()), spark.defaultParallelism());
    List<Integer> partitions = IntStream.range(0, tasks).boxed().toList();
    spark.setJobGroup("deep-incubation-doctor", "Deep Incubation: examine every executor", true);
    JavaRDD<Integer> rdd = scheduling.applyTo(spark.parallelize(partitions, tasks));
    JavaFutureAction<Long> job = rdd.map(task).countAsync();
    spark.clearJobGroup();
    try {
      long left = Math.max(1, Duration.between(Instant.now(), end).toMillis());
      job.get(left, TimeUnit.MILLISECONDS);
      return "";
    } catch (TimeoutException e) {
      job.cancel(true);
      return "";
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return ": " + FirstLine.of(cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ": interrupted";
    }
  }

  private static Examination cluster(Finding.State state, String said, String remedy) {
    return new Examination("cluster", "", List.of(new Finding("executors", state, said, remedy)));
  }
}
