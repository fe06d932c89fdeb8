package io.deepincubation.core.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.Golden;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Resizing as products against PyTorch's operators, with gradients. */
class GoldenResizingTest {

  private static final double TOLERANCE = 1e-5;

  private final Weights golden = Golden.tensors("downstream/resize");
  private final NDManager manager = TorchEngine.newManager(Device.cpu());
  private final Resizing resizing = new Resizing(manager);

  @BeforeEach
  void useOneThread() {
    TorchEngine.useThreads(1);
  }

  @AfterEach
  void free() {
    manager.close();
  }

  @ParameterizedTest
  @CsvSource({"9,13", "3,4", "10,14", "5,6"})
  void bilinearMatches(int height, int width) {
    try (GradientMode mode = GradientMode.recording()) {
      NDArray maps = maps();
      check("bilinear", height, width, maps, resizing.bilinear(maps, height, width));
    }
  }

  @ParameterizedTest
  @CsvSource({"9,13", "3,4", "10,14", "5,6"})
  void bicubicMatches(int height, int width) {
    try (GradientMode mode = GradientMode.recording()) {
      NDArray maps = maps();
      check("bicubic", height, width, maps, resizing.bicubic(maps, height, width));
    }
  }

  private void check(String kind, int height, int width, NDArray maps, NDArray found) {
    String name = kind + "." + height + "x" + width + ".half";
    assertThat(found.getShape()).isEqualTo(new Shape(1, 3, height, width));
    Golden.assertClose(name, found.toFloatArray(), golden.tensor(name).values(), TOLERANCE);
    float[] gradient = Autograd.gradients(Autograd.waved(found), new NDList(maps)).get(0);
    float[] wanted = golden.tensor(name + ".grad_x").values();
    Golden.assertClose(name, gradient, wanted, TOLERANCE * Golden.largest(wanted));
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "6"})
  void poolsMatch(int side) {
    String name = "adaptive_avg_pool." + side;
    float[] found = resizing.pooled(maps(), side).toFloatArray();
    Golden.assertClose(name, found, golden.tensor(name).values(), TOLERANCE);
  }

  @Test
  void leavesMapsOfTheSizeAsTheyAre() {
    NDArray maps = maps();
    assertThat(resizing.bilinear(maps, 5, 7).toFloatArray()).isEqualTo(maps.toFloatArray());
  }

  private NDArray maps() {
    NDArray maps = manager.create(golden.tensor("x").values(), new Shape(1, 3, 5, 7));
    maps.setRequiresGradient(true);
    return maps;
  }
}
