package io.deepincubation.core.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.Golden;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Averages over windows, sizes and mirrored images against PyTorch's numbers. */
class GoldenPixelsTest {

  private static final double TOLERANCE = 1e-5;

  private final NDManager manager = TorchEngine.newManager(Device.cpu());

  @BeforeEach
  void useOneThread() {
    TorchEngine.useThreads(1);
  }

  @AfterEach
  void free() {
    manager.close();
  }

  private NDArray array(Weights golden, String name) {
    Weights.Tensor tensor = golden.tensor(name);
    long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
    return manager.create(tensor.values(), new Shape(shape));
  }

  @Test
  void windowsAreAveraged() {
    Weights golden = Golden.tensors("downstream/sliding");

    NDArray found =
        PixelLogits.averaged(
            array(golden, "x"), 2, new SlidingWindows(6, 4), x -> x.mul(x.mean().add(1)));

    Golden.assertClose("y", found.toFloatArray(), golden.tensor("y").values(), TOLERANCE);
  }

  @Test
  void sizesAndMirroredImagesAreAveraged() {
    Weights golden = Golden.tensors("downstream/multi_scale");
    var mean = new MeanProbabilities(new Resizing(manager), manager, 4, 12, 16);

    mean.add(array(golden, "logits0"), /* mirrored= */ false);
    mean.add(array(golden, "logits1"), /* mirrored= */ false);
    mean.add(array(golden, "logits2_of_flipped_image"), /* mirrored= */ true);

    Golden.assertClose(
        "probability",
        mean.values().toFloatArray(),
        golden.tensor("probability").values(),
        TOLERANCE);
    float[] classes = golden.tensor("prediction").values();
    assertThat(mean.classes().toLongArray())
        .containsExactly(
            IntStream.range(0, classes.length).mapToLong(i -> (long) classes[i]).toArray());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 4 * 16 * 5, 1 << 20})
  void partsOfResizedMapsAreThoseOfTheWhole(int most) {
    NDArray maps = array(Golden.tensors("downstream/multi_scale"), "logits1");
    var resizing = new Resizing(manager);
    var parts = new NDList();

    resizing.bilinear(
        maps,
        13,
        16,
        most,
        (first, rows) -> {
          assertThat(first)
              .isEqualTo(parts.stream().mapToInt(part -> (int) part.getShape().get(2)).sum());
          parts.add(rows.duplicate());
          parts.get(parts.size() - 1).attach(manager);
        });

    Golden.assertClose(
        "rows",
        NDArrays.concat(parts, 2).toFloatArray(),
        resizing.bilinear(maps, 13, 16).toFloatArray(),
        TOLERANCE);
  }
}
