package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.EvaluationBatch;
import io.deepincubation.core.data.EvaluationBatches;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.HostBuffer;
import java.nio.FloatBuffer;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Measures what a network takes the images of a split for, without autograd and with all branches
 * kept.
 */
public final class Evaluator {

  private final EvaluationBatches batches;
  private final Compute compute;

  /**
   * Measures on these images.
   *
   * @param batches the images
   * @param compute where and how the network computes
   */
  public Evaluator(EvaluationBatches batches, Compute compute) {
    this.batches = batches;
    this.compute = compute;
  }

  /** Counts which class each image is taken for: that of the highest logit. */
  public ConfusionMatrix confusion(ModularNetwork network) {
    int classes = network.architecture().classes();
    var counts = new AtomicLongArray(classes * classes);
    try (var lanes = Lanes.of(compute, batches.size(0), 1)) {
      lanes.forEach(
          lane -> {
            var buffer = new HostBuffer();
            var images = new float[batches.valuesPerBatch()];
            for (int i = lane; i < batches.count(); i += lanes.count()) {
              count(network, batches.batch(i, images), buffer, counts);
            }
          });
    }
    long[][] rows = new long[classes][classes];
    for (int i = 0; i < classes * classes; i++) {
      rows[i / classes][i % classes] = counts.get(i);
    }
    return new ConfusionMatrix(rows);
  }

  private static void count(
      ModularNetwork network, EvaluationBatch batch, HostBuffer buffer, AtomicLongArray counts) {
    try (NDManager manager = network.manager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      Shape input = network.architecture().inputShape();
      Shape shape = new Shape(batch.size()).addAll(input);
      var values = FloatBuffer.wrap(batch.images(), 0, Math.toIntExact(shape.size()));
      NDArray images = buffer.array(manager, values, shape);
      long[] predicted = network.evaluate(images).argMax(-1).toLongArray();
      int classes = network.architecture().classes();
      for (int i = 0; i < predicted.length; i++) {
        counts.incrementAndGet(batch.labels()[i] * classes + Math.toIntExact(predicted[i]));
      }
    }
  }
}
