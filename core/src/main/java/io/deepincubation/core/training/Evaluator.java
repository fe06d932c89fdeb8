package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.checkpoint.Metrics;
import io.deepincubation.core.data.EvaluationBatch;
import io.deepincubation.core.data.EvaluationBatches;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.HostArrays;
import java.nio.FloatBuffer;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Measures what a network takes the images of a split for, without autograd and with all branches
 * kept. Its memory serves every measurement until it is closed, and so do its threads, where it is
 * not lent those of a training: new ones would take memory of their own beside them.
 */
public final class Evaluator implements AutoCloseable {

  private final EvaluationBatches batches;
  private final Lanes lanes;
  private final float[] @Nullable [] places;

  /**
   * Measures on these images.
   *
   * @param batches the images
   * @param compute where and how the network computes
   */
  public Evaluator(EvaluationBatches batches, Compute compute) {
    this.batches = batches;
    lanes = Lanes.of(compute, compute.threads() * batches.size(0), 1);
    places = new float[compute.threads()][];
  }

  /** Counts which class each image is taken for: that of the highest logit. */
  public ConfusionMatrix confusion(ModularNetwork network) {
    return confusion(network, lanes, batch -> true);
  }

  /** The accuracy of a network in training, measured by the training's threads. */
  public Measure measureOf(ModularNetwork network) {
    return new Measure() {
      @Override
      public Metrics of(TrainingStep training) {
        return Metrics.ofTop1(confusion(network, training.lanes(), batch -> true).accuracy());
      }

      @Override
      public void rehearse(TrainingStep training) {
        int lanes = training.lanes().count();
        int last = batches.count() - 1; // of a size of its own
        confusion(network, training.lanes(), batch -> batch < lanes || batch == last);
      }
    };
  }

  private ConfusionMatrix confusion(ModularNetwork network, Lanes lanes, IntPredicate wanted) {
    int classes = network.architecture().classes();
    var counts = new AtomicLongArray(classes * classes);
    lanes.forEach(
        lane -> {
          float[] place = place(lane);
          for (int i = lane; i < batches.count(); i += lanes.count()) {
            if (wanted.test(i)) {
              count(network, batches.batch(i, place), counts);
            }
          }
        });
    long[][] rows = new long[classes][classes];
    for (int i = 0; i < classes * classes; i++) {
      rows[i / classes][i % classes] = counts.get(i);
    }
    return new ConfusionMatrix(rows);
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

  private static void count(ModularNetwork network, EvaluationBatch batch, AtomicLongArray counts) {
    try (NDManager manager = network.manager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      Shape input = network.architecture().inputShape();
      Shape shape = new Shape(batch.size()).addAll(input);
      var values = FloatBuffer.wrap(batch.images(), 0, Math.toIntExact(shape.size()));
      NDArray images = HostArrays.array(manager, shape, values);
      long[] predicted = network.evaluate(images).argMax(-1).toLongArray();
      int classes = network.architecture().classes();
      for (int i = 0; i < predicted.length; i++) {
        counts.incrementAndGet(batch.labels()[i] * classes + Math.toIntExact(predicted[i]));
      }
    }
  }

  @Override
  public void close() {
    lanes.close();
  }
}
