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
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Stream;

/**
 * Measures what a network takes the images of a split for, without autograd and with all branches
 * kept. Its threads and memory serve every measurement until it is closed.
 */
public final class Evaluator implements AutoCloseable {

  private final EvaluationBatches batches;
  private final Lanes lanes;
  private final List<Place> places;

  /** Where a lane's images are. */
  private record Place(float[] images, HostBuffer buffer) {}

  /**
   * Measures on these images.
   *
   * @param batches the images
   * @param compute where and how the network computes
   */
  public Evaluator(EvaluationBatches batches, Compute compute) {
    this.batches = batches;
    lanes = Lanes.of(compute, compute.threads() * batches.size(0), 1);
    places =
        Stream.generate(() -> new Place(new float[batches.valuesPerBatch()], new HostBuffer()))
            .limit(lanes.count())
            .toList();
  }

  /** Counts which class each image is taken for: that of the highest logit. */
  public ConfusionMatrix confusion(ModularNetwork network) {
    int classes = network.architecture().classes();
    var counts = new AtomicLongArray(classes * classes);
    lanes.forEach(
        lane -> {
          Place place = places.get(lane);
          for (int i = lane; i < batches.count(); i += lanes.count()) {
            count(network, batches.batch(i, place.images()), place.buffer(), counts);
          }
        });
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
      NDArray images = buffer.array(manager, shape, values);
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
