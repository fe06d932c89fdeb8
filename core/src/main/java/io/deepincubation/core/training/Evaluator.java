package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.EvaluationBatch;
import io.deepincubation.core.data.EvaluationBatches;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.script.GradientMode;
import java.nio.FloatBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** Measures top-1 accuracy on a split, without autograd and with all branches kept. */
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

  /**
   * The share of images whose highest logit is their label's.
   *
   * @return 0 to 1
   */
  public double accuracy(ModularNetwork network) {
    var hits = new AtomicLong();
    var images = new AtomicLong();
    try (var lanes = Lanes.of(compute, batches.batch(0).size(), 1)) {
      lanes.forEach(
          lane -> {
            for (int i = lane; i < batches.count(); i += lanes.count()) {
              EvaluationBatch batch = batches.batch(i);
              hits.addAndGet(hits(network, batch));
              images.addAndGet(batch.size());
            }
          });
    }
    return (double) hits.get() / images.get();
  }

  private static long hits(ModularNetwork network, EvaluationBatch batch) {
    try (NDManager manager = network.manager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      Shape input = network.architecture().inputShape();
      Shape shape = new Shape(batch.size()).addAll(input);
      NDArray images = manager.create(FloatBuffer.wrap(batch.images()), shape);
      long[] predicted = network.evaluate(images).argMax(-1).toLongArray();
      long hits = 0;
      for (int i = 0; i < predicted.length; i++) {
        if (predicted[i] == batch.labels()[i]) {
          hits++;
        }
      }
      return hits;
    }
  }
}
