package io.deepincubation.spark.cluster;

import io.deepincubation.core.data.set.LocalImageCache;
import io.deepincubation.core.method.RoundsRun;
import io.deepincubation.core.method.Stage;
import io.deepincubation.core.recipe.Names;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.run.CheckpointPolicy;
import io.deepincubation.core.run.LeaseTerms;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.network.util.JavaUtils;

/**
 * What Spark's configuration says about a run.
 *
 * @param device {@value #DEVICE}
 * @param driverThreads {@value #DRIVER_THREADS}
 * @param taskThreads processors of a task, {@code spark.deepincubation.task.cpus}; default {@code
 *     spark.task.cpus}
 * @param trainOn {@value #TRAIN_ON}
 * @param fineTuneOn {@value #FINE_TUNE_ON}
 * @param cacheDirectory {@value #CACHE_DIRECTORY}
 * @param cacheBytes {@value #CACHE_SIZE}
 * @param cacheForm {@value #CACHE_DECODED}
 * @param checkpoints {@value #CHECKPOINT_STEPS} and {@value #CHECKPOINT_MINUTES}
 * @param mostSummedByDriver {@value #DRIVER_SUMS}, in bytes
 * @param lease {@value #LEASE_DURATION} and {@value #LEASE_WAIT}
 * @param local whether driver and tasks share one process
 */
public record SparkSettings(
    DeviceChoice device,
    int driverThreads,
    int taskThreads,
    Where trainOn,
    Where fineTuneOn,
    String cacheDirectory,
    long cacheBytes,
    LocalImageCache.Form cacheForm,
    CheckpointPolicy checkpoints,
    long mostSummedByDriver,
    LeaseTerms lease,
    boolean local)
    implements Serializable {

  /**
   * What to compute on: {@code auto} (default), what Spark assigned, in local mode a GPU if there
   * is one; {@code gpu}, nothing else; {@code cpu}, the processor, though GPUs are assigned.
   */
  static final String DEVICE = "spark.deepincubation.device";

  /** Processors for the stages of whole networks on the driver; default all of them. */
  static final String DRIVER_THREADS = "spark.deepincubation.driver.threads";

  /**
   * Where the meta model and the baselines are trained: {@code driver} (default) or {@code
   * executor}.
   */
  public static final String TRAIN_ON = "spark.deepincubation.train-on";

  /**
   * Where the assembled model is measured and fine-tuned: {@code driver} or {@code executor};
   * default as {@value #TRAIN_ON}.
   */
  public static final String FINE_TUNE_ON = "spark.deepincubation.fine-tune-on";

  /**
   * Where images are kept on each node; default a folder in {@code spark.local.dir}, or in the
   * node's own local folders ({@code LOCAL_DIRS}, {@code SPARK_LOCAL_DIRS}), or the temporary one.
   */
  static final String CACHE_DIRECTORY = "spark.deepincubation.cache.directory";

  /**
   * What images may take of a node's disk, for all its tasks, such as {@code 100g}; default {@code
   * 64g}.
   */
  static final String CACHE_SIZE = "spark.deepincubation.cache.size";

  /**
   * Whether images of sets that are too large to decode at once are kept decoded on each node:
   * {@code true} (default), or {@code false} for files alone.
   */
  static final String CACHE_DECODED = "spark.deepincubation.cache.decoded";

  /**
   * Optimizer steps that a kill costs at most; where minutes are set too, a state is kept when
   * either is due.
   */
  static final String CHECKPOINT_STEPS = "spark.deepincubation.checkpoint.steps";

  /** Training time between two states, such as {@code 0.5}, the default where no steps are set. */
  static final String CHECKPOINT_MINUTES = "spark.deepincubation.checkpoint.minutes";

  /**
   * What the changes of all workers of a round may take, such as {@code 500m}, for the driver to
   * sum them itself; above, a job of tasks does. Default {@code 2g}.
   */
  public static final String DRIVER_SUMS = "spark.deepincubation.rounds.driver-sums";

  /**
   * Time without a sign of life after which another driver may take the run folder over; default
   * {@code 30s}.
   */
  static final String LEASE_DURATION = "spark.deepincubation.lease.duration";

  /** Time to wait for another driver that holds the run folder; default {@code 60s}. */
  static final String LEASE_WAIT = "spark.deepincubation.lease.wait";

  /**
   * Where runs are shown, with commas between: {@code tensorboard}, {@code tensorboard:URI}, {@code
   * mlflow:URI[?experiment=NAME]}; default nowhere. {@code compare} shows none of its runs.
   */
  public static final String TRACK = "spark.deepincubation.track";

  private static final String PREFIX = "spark.deepincubation.";

  /** All keys of this library. */
  private static final List<String> KEYS =
      List.of(
          DEVICE,
          DRIVER_THREADS,
          TRAIN_ON,
          FINE_TUNE_ON,
          CACHE_DIRECTORY,
          CACHE_SIZE,
          CACHE_DECODED,
          CHECKPOINT_STEPS,
          CHECKPOINT_MINUTES,
          DRIVER_SUMS,
          LEASE_DURATION,
          LEASE_WAIT,
          TRACK,
          StageScheduling.CPUS,
          StageScheduling.GPUS,
          StageScheduling.EXECUTOR_CORES,
          StageScheduling.EXECUTOR_MEMORY,
          StageScheduling.EXECUTOR_OVERHEAD,
          StageScheduling.EXECUTOR_GPUS);

  private static final double MILLIS_PER_MINUTE = 60_000;
  private static final String CACHE_FOLDER = "deep-incubation-cache";

  /**
   * Refuses keys of this library that it does not know: a misspelt one would change nothing.
   *
   * @throws UsageException naming each, with the key that may have been meant
   */
  public static void requireKnownKeys(SparkConf conf) {
    List<String> unknown =
        Stream.of(conf.getAllWithPrefix(PREFIX))
            .map(setting -> PREFIX + setting._1())
            .filter(key -> !KEYS.contains(key))
            .sorted()
            .map(SparkSettings::guessed)
            .toList();
    if (!unknown.isEmpty()) {
      throw new UsageException("Cannot use Spark's settings: " + String.join("; also ", unknown));
    }
  }

  private static String guessed(String key) {
    List<String> known = KEYS.stream().map(SparkSettings::ownPart).toList();
    String meant =
        Names.nearest(ownPart(key), known)
            .map(near -> "did you mean " + PREFIX + near + "?")
            .orElse("expected one of " + KEYS);
    return "there is no key " + key + ", " + meant;
  }

  private static String ownPart(String key) {
    return key.substring(PREFIX.length());
  }

  /** Reads a configuration. */
  public static SparkSettings of(SparkConf conf) {
    requireKnownKeys(conf);
    String master = conf.get("spark.master", "local[*]");
    String trainOn = conf.get(TRAIN_ON, "driver");
    return new SparkSettings(
        DeviceChoice.named(conf.get(DEVICE, "auto")),
        driverThreads(conf),
        StageScheduling.cpus(conf),
        Where.named(TRAIN_ON, trainOn),
        Where.named(FINE_TUNE_ON, conf.get(FINE_TUNE_ON, trainOn)),
        conf.get(CACHE_DIRECTORY, conf.get("spark.local.dir", "")),
        conf.getSizeAsBytes(CACHE_SIZE, "64g"),
        cacheForm(conf),
        checkpoints(conf),
        conf.getSizeAsBytes(DRIVER_SUMS, Long.toString(RoundsRun.MOST_SUMMED_HERE)),
        lease(conf),
        isLocal(master));
  }

  /** {@value #TRACK}: the trackers that runs are shown in. */
  public static List<String> trackers(SparkConf conf) {
    return Stream.of(conf.get(TRACK, "").split(","))
        .map(String::strip)
        .filter(address -> !address.isEmpty())
        .toList();
  }

  /** The same with whole networks trained in tasks, too. */
  public SparkSettings onExecutors() {
    return new SparkSettings(
        device,
        driverThreads,
        taskThreads,
        Where.EXECUTOR,
        Where.EXECUTOR,
        cacheDirectory,
        cacheBytes,
        cacheForm,
        checkpoints,
        mostSummedByDriver,
        lease,
        local);
  }

  private static LocalImageCache.Form cacheForm(SparkConf conf) {
    return switch (conf.get(CACHE_DECODED, "true")) {
      case "true" -> LocalImageCache.Form.DECODED;
      case "false" -> LocalImageCache.Form.ENCODED;
      default ->
          throw new UsageException(
              String.format(
                  Locale.ROOT,
                  "Cannot use %s: expected true or false, got %s",
                  CACHE_DECODED,
                  conf.get(CACHE_DECODED)));
    };
  }

  /** More threads than processors would only take turns. */
  private static int driverThreads(SparkConf conf) {
    int processors = Runtime.getRuntime().availableProcessors();
    int threads = positive(conf, DRIVER_THREADS, processors);
    if (threads > processors) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot use %s (--threads): expected 1 to %d, the processors here, got %d",
              DRIVER_THREADS,
              processors,
              threads));
    }
    return threads;
  }

  private static CheckpointPolicy checkpoints(SparkConf conf) {
    if (!conf.contains(CHECKPOINT_MINUTES)) {
      return conf.contains(CHECKPOINT_STEPS)
          ? CheckpointPolicy.steps(positive(conf, CHECKPOINT_STEPS, 1))
          : CheckpointPolicy.DEFAULT;
    }
    String minutes = conf.get(CHECKPOINT_MINUTES);
    if (!minutes.matches("\\d{1,6}(\\.\\d{1,6})?")) {
      throw new UsageException(
          "Cannot use " + CHECKPOINT_MINUTES + ": expected minutes, such as 0.5, got " + minutes);
    }
    long steps =
        conf.contains(CHECKPOINT_STEPS) ? positive(conf, CHECKPOINT_STEPS, 1) : Long.MAX_VALUE;
    return new CheckpointPolicy(
        steps, Duration.ofMillis(Math.round(Double.parseDouble(minutes) * MILLIS_PER_MINUTE)));
  }

  private static LeaseTerms lease(SparkConf conf) {
    String duration = conf.get(LEASE_DURATION, "30s");
    String patience = conf.get(LEASE_WAIT, "60s");
    try {
      return new LeaseTerms(
          Duration.ofSeconds(JavaUtils.timeStringAsSec(duration)),
          Duration.ofSeconds(JavaUtils.timeStringAsSec(patience)),
          conf.get("spark.app.id", conf.get("spark.app.name", "")));
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot use %s and %s: expected times such as 30s and 60s, got %s and %s",
              LEASE_DURATION,
              LEASE_WAIT,
              duration,
              patience),
          e);
    }
  }

  /** Whether tasks run in the driver's process. */
  static boolean isLocal(String master) {
    return master.startsWith("local") && !master.startsWith("local-cluster");
  }

  static int positive(SparkConf conf, String key, int fallback) {
    String text = conf.get(key, Integer.toString(fallback));
    if (!text.matches("[1-9]\\d{0,5}")) {
      throw new UsageException(
          "Cannot use " + key + ": expected a whole number from 1, got " + text);
    }
    return Integer.parseInt(text);
  }

  /**
   * Where a stage is computed: one of a module alone, or of several workers, in tasks; any other
   * one of a whole network where the settings say.
   */
  public Where placeOf(Stage stage) {
    if (stage.module().isPresent() || stage.workers() > 1) {
      return Where.EXECUTOR;
    }
    return stage.needs().isEmpty() ? trainOn : fineTuneOn;
  }

  /** The cache of the node that asks. */
  public LocalImageCache cache() {
    return new LocalImageCache(cacheFolder(), cacheBytes).keeping(cacheForm);
  }

  /** The folder of the cache on the node that asks. */
  public Path cacheFolder() {
    String folders =
        Optional.of(cacheDirectory)
            .filter(folder -> !folder.isBlank())
            .or(() -> environment("LOCAL_DIRS")) // YARN's
            .or(() -> environment("SPARK_LOCAL_DIRS"))
            .orElseGet(() -> System.getProperty("java.io.tmpdir", "."));
    String first = Arrays.asList(folders.split(",")).get(0).strip();
    return Path.of(first, CACHE_FOLDER + "-" + System.getProperty("user.name", "user"));
  }

  private static Optional<String> environment(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
  }
}
