package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.EvaluationBatch;
import io.deepincubation.core.data.EvaluationBatches;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.script.GradientMode;
import java.nio.FloatBuffer;

/** Measures top-1 accuracy on a split, without autograd and with all branches kept. */
public final class Evaluator {

  private final EvaluationBatches batches;

  /** Measures on these images. */
  public Evaluator(EvaluationBatches batches) {
    this.batches = batches;
  }

  /**
   * The share of images whose highest logit is their label's.
   *
   * @return 0 to 1
   */
  public double accuracy(ModularNetwork network) {
    long hits = 0;
    long images = 0;
    for (int i = 0; i < batches.count(); i++) {
      EvaluationBatch batch = batches.batch(i);
      hits += hits(network, batch);
      images += batch.size();
    }
    return (double) hits / images;
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
