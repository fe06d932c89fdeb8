package io.deepincubation.spark.doctor;

import io.deepincubation.spark.cluster.Devices;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.util.CollectionAccumulator;

/**
 * Examines its executor, once however many tasks come there; the others hold their slots meanwhile,
 * so that tasks are spread over all executors.
 */
final class ExaminationTask implements Function<Integer, Integer> {

  private static final long serialVersionUID = 1L;
  private static final int CHECKS = 12;
  private static final Map<String, CompletableFuture<Examination>> ROUNDS =
      new ConcurrentHashMap<>();

  private final ExaminationFacts facts;
  private final StorageFactory storages;
  private final CollectionAccumulator<String> examinations;

  ExaminationTask(
      ExaminationFacts facts, StorageFactory storages, CollectionAccumulator<String> examinations) {
    this.facts = facts;
    this.storages = storages;
    this.examinations = examinations;
  }

  @Override
  public Integer call(Integer partition)
      throws InterruptedException, ExecutionException, TimeoutException {
    var mine = new CompletableFuture<Examination>();
    CompletableFuture<Examination> earlier = ROUNDS.putIfAbsent(facts.id(), mine);
    if (earlier != null) {
      earlier.get(CHECKS * facts.secondsForCheck(), TimeUnit.SECONDS);
      return partition;
    }
    Examination examination =
        new ProcessExamination(facts, storages)
            .examine(
                SparkEnv.get().executorId(), Devices.assigned(TaskContext.get().resourcesJMap()));
    examinations.add(examination.toJson());
    mine.complete(examination);
    return partition;
  }
}
