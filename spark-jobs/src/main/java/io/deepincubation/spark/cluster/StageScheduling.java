package io.deepincubation.spark.cluster;

import io.deepincubation.core.recipe.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.resource.ExecutorResourceRequests;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;

/**
 * What a task that trains asks of the cluster, checked before anything starts.
 *
 * <p>By default that is {@code spark.task.cpus} and {@code spark.task.resource.gpu.amount}. The
 * keys below ask for something else for training alone, by a resource profile: {@link #CPUS} and
 * {@link #GPUS} on the executors that are there; {@link #EXECUTOR_CORES} and its like on executors
 * of their own, which needs dynamic allocation.
 */
public final class StageScheduling {

  /** Processors of a training task, and its threads. */
  static final String CPUS = "spark.deepincubation.task.cpus";

  /** GPUs of a training task: a whole number, or a share of one up to 0.5. */
  static final String GPUS = "spark.deepincubation.task.gpus";

  /** Cores of an executor for training. */
  static final String EXECUTOR_CORES = "spark.deepincubation.executor.cores";

  /** Heap of an executor for training, such as {@code 4g}. */
  static final String EXECUTOR_MEMORY = "spark.deepincubation.executor.memory";

  /** Memory beside the heap of an executor for training: weights and activations lie there. */
  public static final String EXECUTOR_OVERHEAD = "spark.deepincubation.executor.memoryOverhead";

  /** GPUs of an executor for training. */
  static final String EXECUTOR_GPUS = "spark.deepincubation.executor.gpus";

  private static final String TASK_CPUS = "spark.task.cpus";
  private static final String TASK_GPUS = "spark.task.resource.gpu.amount";
  private static final String GPUS_OF_EXECUTORS = "spark.executor.resource.gpu.amount";
  private static final String CORES_OF_EXECUTORS = "spark.executor.cores";
  private static final String DYNAMIC = "spark.dynamicAllocation.enabled";
  private static final String GPU = "gpu";

  /** Standalone Spark gives an executor all cores of its worker unless told otherwise. */
  private static final int ALL_OF_A_WORKER = 999_999;

  private static final Pattern LOCAL_CLUSTER =
      Pattern.compile("local-cluster\\[\\s*\\d+\\s*,\\s*(\\d+)\\s*,.*");

  private final SparkConf conf;
  private final String master;

  /** What jobs of this process have asked for: a profile is another one by its number alone. */
  private static final Map<String, ResourceProfile> PROFILES = new ConcurrentHashMap<>();

  private final int cpus;
  private final double gpus;

  private StageScheduling(SparkConf conf) {
    this.conf = conf;
    master = conf.get("spark.master", "local[*]");
    cpus = cpus(conf);
    gpus = amount(conf, GPUS, amount(conf, TASK_GPUS, 0));
  }

  /**
   * Reads a configuration.
   *
   * @throws UsageException naming all that cannot work, and what to do about it
   */
  public static StageScheduling of(SparkConf conf) {
    var scheduling = new StageScheduling(conf);
    List<String> problems = scheduling.problems();
    if (!problems.isEmpty()) {
      throw new UsageException(
          "Cannot schedule training tasks: " + String.join("; also ", problems));
    }
    return scheduling;
  }

  /** Processors of a task, and its threads. */
  static int cpus(SparkConf conf) {
    return SparkSettings.positive(conf, CPUS, SparkSettings.positive(conf, TASK_CPUS, 1));
  }

  private static double amount(SparkConf conf, String key, double fallback) {
    String text = conf.get(key, Double.toString(fallback));
    double amount = text.matches("\\d{1,6}(\\.\\d{1,12})?") ? Double.parseDouble(text) : -1;
    boolean fits = amount == Math.rint(amount) || amount <= 0.5;
    if (amount < 0 || !fits) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot use %s: expected a whole number, or a share of one GPU up to 0.5, got %s",
              key,
              text));
    }
    return amount;
  }

  private List<String> problems() {
    var problems = new ArrayList<String>();
    if (SparkSettings.isLocal(master)) {
      ownKeys()
          .forEach(
              key ->
                  problems.add(
                      key + " needs a cluster, the master is " + master + "; use " + TASK_CPUS));
      return problems;
    }
    checkProfile(problems);
    checkCores(problems);
    checkGpus(problems);
    return problems;
  }

  private Stream<String> ownKeys() {
    return Stream.concat(Stream.of(CPUS, GPUS), executorKeys()).filter(conf::contains);
  }

  private Stream<String> executorKeys() {
    return Stream.of(EXECUTOR_CORES, EXECUTOR_MEMORY, EXECUTOR_OVERHEAD, EXECUTOR_GPUS)
        .filter(conf::contains);
  }

  private void checkProfile(List<String> problems) {
    boolean supported =
        Stream.of("spark:", "local-cluster", "yarn", "k8s:").anyMatch(master::startsWith);
    if (!supported) {
      ownKeys()
          .forEach(
              key ->
                  problems.add(
                      String.format(
                          Locale.ROOT,
                          "%s needs standalone Spark, YARN or Kubernetes, the master is %s",
                          key,
                          master)));
    }
    if (!conf.getBoolean(DYNAMIC, false)) {
      executorKeys()
          .forEach(
              key ->
                  problems.add(
                      String.format(
                          Locale.ROOT,
                          "%s needs %s=true and"
                              + " spark.dynamicAllocation.shuffleTracking.enabled=true for"
                              + " executors of their own; or set spark.executor.* for all",
                          key,
                          DYNAMIC)));
    }
  }

  private void checkCores(List<String> problems) {
    int cores = SparkSettings.positive(conf, EXECUTOR_CORES, coresOfExecutors());
    if (cpus > cores) {
      problems.add(
          String.format(
              Locale.ROOT,
              "a task asks for %d processors, an executor has %d; lower %s or raise %s",
              cpus,
              cores,
              TASK_CPUS,
              CORES_OF_EXECUTORS));
    }
  }

  /** Cores of an executor, where the configuration tells. */
  private int coresOfExecutors() {
    Matcher local = LOCAL_CLUSTER.matcher(master);
    int byMaster =
        local.matches()
            ? Integer.parseInt(local.group(1))
            : master.startsWith("spark:") ? ALL_OF_A_WORKER : 1;
    return conf.contains(CORES_OF_EXECUTORS)
        ? SparkSettings.positive(conf, CORES_OF_EXECUTORS, 1)
        : byMaster;
  }

  private void checkGpus(List<String> problems) {
    double held = amount(conf, EXECUTOR_GPUS, amount(conf, GPUS_OF_EXECUTORS, 0));
    DeviceChoice choice = DeviceChoice.named(conf.get(SparkSettings.DEVICE, "auto"));
    if (gpus > held) {
      problems.add(
          String.format(
              Locale.ROOT,
              "a task asks for %s GPUs, an executor has %s, so none would ever start; raise %s or"
                  + " lower %s",
              number(gpus),
              number(held),
              GPUS_OF_EXECUTORS,
              TASK_GPUS));
    } else if (gpus == 0 && choice == DeviceChoice.GPU) {
      problems.add(
          String.format(
              Locale.ROOT,
              "%s=gpu needs GPUs for tasks; set %s and %s",
              SparkSettings.DEVICE,
              GPUS_OF_EXECUTORS,
              TASK_GPUS));
    } else if (gpus == 0 && held > 0 && choice == DeviceChoice.AUTO) {
      problems.add(
          String.format(
              Locale.ROOT,
              "executors hold %s GPUs that no task asks for; set %s, or %s=cpu to leave them idle",
              number(held),
              TASK_GPUS,
              SparkSettings.DEVICE));
    }
  }

  /** Tasks that one executor runs at once, as far as the configuration tells; at least 1. */
  public int tasksAtOnce() {
    int cores = SparkSettings.positive(conf, EXECUTOR_CORES, coresOfExecutors());
    int byCores = cores == ALL_OF_A_WORKER ? 1 : cores / cpus;
    double held = amount(conf, EXECUTOR_GPUS, amount(conf, GPUS_OF_EXECUTORS, 0));
    return gpus == 0 ? byCores : Math.min(byCores, (int) Math.floor(held / gpus));
  }

  /** GPUs that a task computes on, each with a replica of its network; at least 1. */
  public int gpusOfTask() {
    boolean used = DeviceChoice.named(conf.get(SparkSettings.DEVICE, "auto")) != DeviceChoice.CPU;
    return used ? Math.max(1, (int) gpus) : 1;
  }

  /** Whether tasks have GPUs assigned. */
  public boolean asksForGpus() {
    return gpus > 0;
  }

  /** The data set with its tasks asking for this. */
  public <T> JavaRDD<T> applyTo(JavaRDD<T> tasks) {
    return ownKeys().findAny().isPresent() ? tasks.withResources(profile()) : tasks;
  }

  /** Jobs that ask for the same share one profile: executors of another would not do. */
  ResourceProfile profile() {
    var builder = new ResourceProfileBuilder();
    var task = new TaskResourceRequests().cpus(cpus);
    builder.require(gpus > 0 ? task.resource(GPU, gpus) : task);
    if (executorKeys().findAny().isPresent()) {
      builder.require(executor());
    }
    String asked =
        new TreeMap<>(builder.taskResourcesJMap())
            + " "
            + new TreeMap<>(builder.executorResourcesJMap());
    return PROFILES.computeIfAbsent(asked, any -> builder.build());
  }

  private ExecutorResourceRequests executor() {
    var executor = new ExecutorResourceRequests();
    int cores = SparkSettings.positive(conf, EXECUTOR_CORES, coresOfExecutors());
    if (cores < ALL_OF_A_WORKER) {
      executor.cores(cores);
    }
    if (conf.contains(EXECUTOR_MEMORY)) {
      executor.memory(conf.get(EXECUTOR_MEMORY));
    }
    if (conf.contains(EXECUTOR_OVERHEAD)) {
      executor.memoryOverhead(conf.get(EXECUTOR_OVERHEAD));
    }
    long held = (long) amount(conf, EXECUTOR_GPUS, amount(conf, GPUS_OF_EXECUTORS, 0));
    if (held > 0) {
      String prefix = "spark.executor.resource.gpu.";
      executor.resource(
          GPU, held, conf.get(prefix + "discoveryScript", ""), conf.get(prefix + "vendor", ""));
    }
    return executor;
  }

  private static String number(double amount) {
    return amount == Math.rint(amount) ? Long.toString((long) amount) : Double.toString(amount);
  }

  /** In words, such as {@code 4 processors and 0.5 GPUs}. */
  @Override
  public String toString() {
    return cpus + " processors" + (gpus > 0 ? " and " + number(gpus) + " GPUs" : "");
  }
}
