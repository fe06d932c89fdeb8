package io.deepincubation.spark.cli;

import io.deepincubation.core.machine.TrainingJava;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.spark.IncubationKryoRegistrator;
import io.deepincubation.spark.cluster.Masters;
import io.deepincubation.spark.cluster.SparkSettings;
import io.deepincubation.spark.progress.ProgressBoard;
import io.deepincubation.spark.progress.ProgressDisplay;
import io.deepincubation.spark.progress.TerminalStyle;
import io.deepincubation.spark.storage.HadoopStorageFactory;
import io.deepincubation.spark.storage.StorageFactory;
import java.time.InstantSource;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.SparkSession;

/** A verb's Spark, and the progress that it shows; both end with the verb. */
final class CliSession implements AutoCloseable {

  /** What glibc's allocator is told on executors. */
  static final String EXECUTOR_ALLOCATOR = "spark.executorEnv.GLIBC_TUNABLES";

  /**
   * Asks Linux for huge pages for tensors, which take less of a processor's time to find, and glibc
   * for an arena for every thread: where a step's arrays lie among what other threads keep, the
   * memory that they free falls into pieces.
   */
  static final String ALLOCATOR = "glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1024";

  /** By an executor's locale Java reads names of files; that of an empty environment is ASCII. */
  private static final String EXECUTOR_LOCALE = "spark.executorEnv.LC_ALL";

  private static final String LOCALE = "C.UTF-8";

  private final SparkSession spark;
  private final ProgressBoard board;
  private final ProgressDisplay display;

  private CliSession(SparkSession spark, ProgressBoard board, ProgressDisplay display) {
    this.spark = spark;
    this.board = board;
    this.display = display;
  }

  /** Starts Spark as {@code spark-submit} or the system properties say, else in this process. */
  static CliSession start(PlaceOptions places, OutputOptions output) {
    SparkConf conf = configuration(places);
    ThisProcess.prepare();
    SparkSession spark = SparkSession.builder().config(conf).getOrCreate();
    if (spark.sparkContext().isStopped()) {
      throw new IllegalStateException(
          "Cannot start on "
              + conf.get("spark.master")
              + ": its master took no application; check the address, and `doctor`");
    }
    if (!output.verbose()) {
      spark.sparkContext().setLogLevel("WARN");
    }
    var board = new ProgressBoard(TerminalStyle::detect, InstantSource.system());
    return new CliSession(
        spark, board, ProgressDisplay.onStandardError(board, TerminalStyle::detect));
  }

  /**
   * What Spark is started with.
   *
   * @throws UsageException if Spark could make nothing of the master, or knows no such key of this
   *     library
   */
  static SparkConf configuration(PlaceOptions places) {
    SparkConf conf = withDefaults(new SparkConf());
    places.applyTo(conf);
    Masters.requireKnown(conf);
    SparkSettings.requireKnownKeys(conf);
    return conf;
  }

  /** Adds what the configuration leaves open. */
  static SparkConf withDefaults(SparkConf conf) {
    conf.setIfMissing("spark.master", "local[*]")
        .setIfMissing("spark.app.name", "deep-incubation")
        .setIfMissing("spark.serializer", KryoSerializer.class.getName())
        .setIfMissing("spark.kryo.registrator", IncubationKryoRegistrator.class.getName())
        .setIfMissing("spark.ui.showConsoleProgress", "false")
        .setIfMissing("spark.executor.extraJavaOptions", TrainingJava.HOT_LOOPS)
        .setIfMissing(EXECUTOR_ALLOCATOR, ALLOCATOR)
        .setIfMissing(EXECUTOR_LOCALE, LOCALE);
    if (conf.get("spark.master").startsWith("local")) {
      conf.setIfMissing("spark.executor.heartbeatInterval", "2s");
    }
    return conf;
  }

  SparkSession spark() {
    return spark;
  }

  JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(spark.sparkContext());
  }

  /** Opens folders of any Hadoop file system. */
  StorageFactory storages() {
    return new HadoopStorageFactory(context().hadoopConfiguration());
  }

  /** What the terminal shows. */
  ProgressBoard board() {
    return board;
  }

  @Override
  public void close() {
    display.close();
    spark.stop();
  }
}
