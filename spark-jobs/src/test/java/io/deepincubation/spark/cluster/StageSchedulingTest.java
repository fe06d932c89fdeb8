package io.deepincubation.spark.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.recipe.UsageException;
import org.apache.spark.SparkConf;
import org.apache.spark.resource.ResourceProfile;
import org.junit.jupiter.api.Test;

class StageSchedulingTest {

  private static SparkConf on(String master, String... settings) {
    SparkConf conf = new SparkConf(false).set("spark.master", master);
    for (int i = 0; i < settings.length; i += 2) {
      conf.set(settings[i], settings[i + 1]);
    }
    return conf;
  }

  private static String refused(SparkConf conf) {
    try {
      return "accepted: " + StageScheduling.of(conf);
    } catch (UsageException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void asksForWhatSparkAssignsToTasks() {
    SparkConf conf =
        on(
            "spark://host:7077",
            "spark.task.cpus",
            "4",
            "spark.task.resource.gpu.amount",
            "0.5",
            "spark.executor.resource.gpu.amount",
            "1");
    assertThat(StageScheduling.of(conf)).hasToString("4 processors and 0.5 GPUs");
    assertThat(StageScheduling.of(on("local[*]"))).hasToString("1 processors");
  }

  @Test
  void ownKeysGoBeforeSparks() {
    SparkConf conf =
        on(
            "spark://host:7077",
            "spark.task.cpus",
            "1",
            "spark.deepincubation.task.cpus",
            "3",
            "spark.deepincubation.task.gpus",
            "1",
            "spark.executor.resource.gpu.amount",
            "2");
    assertThat(StageScheduling.of(conf)).hasToString("3 processors and 1 GPUs");
    assertThat(StageScheduling.cpus(conf)).isEqualTo(3);
  }

  @Test
  void refusesSharesThatSparkCannotCount() {
    assertThatThrownBy(
            () -> StageScheduling.of(on("spark://h:1", "spark.deepincubation.task.gpus", "0.7")))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "Cannot use spark.deepincubation.task.gpus: expected a whole number, or a share of one"
                + " GPU up to 0.5, got 0.7");
    assertThat(refused(on("spark://h:1", "spark.task.resource.gpu.amount", "many")))
        .contains("got many");
  }

  @Test
  void refusesTasksThatWouldNeverStart() {
    assertThat(
            refused(
                on(
                    "spark://h:1",
                    "spark.task.resource.gpu.amount",
                    "2",
                    "spark.executor.resource.gpu.amount",
                    "1",
                    "spark.task.cpus",
                    "8",
                    "spark.executor.cores",
                    "4")))
        .startsWith(
            "Cannot schedule training tasks: a task asks for 8 processors, an executor has 4")
        .contains("; also a task asks for 2 GPUs, an executor has 1, so none would ever start");
    assertThat(refused(on("local-cluster[2,1,1024]", "spark.task.cpus", "2")))
        .contains("a task asks for 2 processors, an executor has 1");
  }

  @Test
  void aTaskComputesOnAllItsGpus() {
    String[] eight = {
      "spark.task.resource.gpu.amount", "8", "spark.executor.resource.gpu.amount", "8"
    };
    assertThat(StageScheduling.of(on("spark://h:1", eight)).gpusOfTask()).isEqualTo(8);
    SparkConf processor = on("spark://h:1", eight).set("spark.deepincubation.device", "cpu");
    assertThat(StageScheduling.of(processor).gpusOfTask()).isEqualTo(1);
    assertThat(StageScheduling.of(on("local[2]")).gpusOfTask()).isEqualTo(1);
  }

  @Test
  void refusesGpusThatNobodyAssigns() {
    assertThat(refused(on("yarn", "spark.deepincubation.device", "gpu")))
        .contains("spark.deepincubation.device=gpu needs GPUs for tasks");
    assertThat(refused(on("yarn", "spark.executor.resource.gpu.amount", "1")))
        .contains("executors hold 1 GPUs that no task asks for");
    assertThat(
            refused(
                on(
                    "yarn",
                    "spark.executor.resource.gpu.amount",
                    "1",
                    "spark.deepincubation.device",
                    "cpu")))
        .startsWith("accepted");
  }

  @Test
  void refusesProfilesWhereSparkHasNone() {
    assertThat(refused(on("local[2]", "spark.deepincubation.task.cpus", "2")))
        .contains("spark.deepincubation.task.cpus needs a cluster, the master is local[2]");
    assertThat(refused(on("mesos://h:1", "spark.deepincubation.task.cpus", "1")))
        .contains("needs standalone Spark, YARN or Kubernetes");
    assertThat(refused(on("yarn", "spark.deepincubation.executor.memory", "8g")))
        .contains(
            "spark.deepincubation.executor.memory needs spark.dynamicAllocation.enabled=true");
  }

  /** Executors of one job serve the next: rounds are many jobs. */
  @Test
  void jobsThatAskForTheSameShareAProfile() {
    SparkConf conf = cluster();
    ResourceProfile first = StageScheduling.of(conf).profile();

    assertThat(StageScheduling.of(conf.clone()).profile()).isSameAs(first);
    assertThat(
            StageScheduling.of(conf.clone().set("spark.deepincubation.task.cpus", "2")).profile())
        .isNotSameAs(first);
  }

  private static SparkConf cluster() {
    return new SparkConf(false)
        .setMaster("spark://host:7077")
        .set("spark.dynamicAllocation.enabled", "true")
        .set("spark.deepincubation.executor.cores", "4")
        .set("spark.deepincubation.executor.memory", "2g");
  }
}
