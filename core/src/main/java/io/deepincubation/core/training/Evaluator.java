package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.batch.EvaluatedScene;
import io.deepincubation.core.data.batch.EvaluationBatch;
import io.deepincubation.core.data.batch.EvaluationBatches;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.HostArrays;
import io.deepincubation.core.script.TorchEngine;
import java.nio.FloatBuffer;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Measures a network on the images of a split by its task, without autograd and with all branches
 * kept. Its memory serves every measurement until it is closed, and so do its threads, where it is
 * not lent those of a training: new ones would take memory of their own beside them.
 */
public final class Evaluator implements AutoCloseable {

  private final EvaluationBatches batches;
  private final Lanes lanes;
  private final NDManager manager;
  private final float[] @Nullable [] places;

  /**
   * Measures on these images.
   *
   * @param batches the images
   * @param compute where and how the network computes
   */
  public Evaluator(EvaluationBatches batches, Compute compute) {
    this.batches = batches;
    lanes = Lanes.of(compute.on(0), compute.threads() * batches.size(0), 1);
    manager = TorchEngine.newManager(compute.device());
    places = new float[Math.max(compute.threads(), compute.devices().size())][];
  }

  /**
   * Counts all images.
   *
   * @param network what gives their outputs
   * @param task of the network
   * @return what they come to
   */
  public Tally tally(ModularNetwork network, Task task) {
    Tally tally = task.tally();
    forEachBatch(
        lanes,
        batch -> true,
        network.architecture().inputShape(),
        (images, batch) -> tally.add(task.outputs(network, images, batch), batch));
    return tally;
  }

  /**
   * What a network in training is worth, by its task and by the training's threads. Measures of a
   * module's own head are named {@code head.MODULE.NAME}, such as {@code head.0.top1}.
   */
  public Measure measureOf(Objective objective) {
    return new Measure() {
      @Override
      public Measurement of(TrainingStep training) {
        return measured(objective, training.lanes(), batch -> true);
      }

      @Override
      public void rehearse(TrainingStep training) {
        int lanes = training.lanes().count();
        int last = batches.count() - 1; // of a size of its own
        measured(objective, training.lanes(), batch -> batch < lanes || batch == last);
      }
    };
  }

  private Measurement measured(Objective objective, Lanes lanes, IntPredicate wanted) {
    Task task = objective.task();
    Tally network = task.tally();
    var heads = new ConcurrentSkipListMap<Integer, Tally>();
    forEachBatch(
        lanes,
        wanted,
        objective.inputShape(),
        (images, batch) -> {
          Objective.Outputs outputs = objective.outputs(images, batch);
          network.add(outputs.network(), batch);
          outputs
              .heads()
              .forEach((k, head) -> heads.computeIfAbsent(k, any -> task.tally()).add(head, batch));
        });
    Metrics all = network.metrics();
    for (var head : heads.entrySet()) {
      all = all.with("head." + head.getKey() + ".", head.getValue().metrics());
    }
    return Measurement.of(network, all);
  }

  private void forEachBatch(
      Lanes lanes, IntPredicate wanted, Shape input, BiConsumer<NDArray, EvaluationBatch> work) {
    lanes.forEach(
        lane -> {
          float[] place = place(lane);
          for (int i = lane; i < batches.count(); i += lanes.count()) {
            if (wanted.test(i)) {
              with(batches.batch(i, place), input, work);
            }
          }
        });
  }

  /** Where a lane's images are. Each lane asks for its own alone. */
  private float[] place(int lane) {
    float[] place = places[lane];
    if (place == null) {
      place = new float[batches.valuesPerBatch()];
      places[lane] = place;
    }
    return place;
  }

  private void with(EvaluationBatch batch, Shape input, BiConsumer<NDArray, EvaluationBatch> work) {
    try (NDManager pass = manager.newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      EvaluatedScene scene = batch.scene();
      Shape shape =
          scene == null
              ? new Shape(batch.size()).addAll(input)
              : new Shape(batch.size(), input.get(0), scene.height(), scene.width());
      var values = FloatBuffer.wrap(batch.inputs(), 0, Math.toIntExact(shape.size()));
      work.accept(HostArrays.array(pass, shape, values), batch);
    }
  }

  @Override
  public void close() {
    lanes.close();
    manager.close();
  }
}
