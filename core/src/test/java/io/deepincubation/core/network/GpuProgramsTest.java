package io.deepincubation.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.script.ScriptProgram;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.Classification;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The programs that a GPU runs, as far as a machine without one can tell. */
class GpuProgramsTest {

  private static final ModularDivision DIVISION = new ModularDivision(List.of(2, 1));
  private static final Set<Integer> ALL = Set.of(0, 1);
  private static final int CLASSES = 5;
  private static final int IMAGES = 3;
  private static final LossProgram LOSS = new Classification(CLASSES, 0).loss();

  @ParameterizedTest
  @CsvSource({"32, BF16", "32, FP32", "68, BF16"})
  void libtorchKnowsEveryOperator(int image, Arithmetic arithmetic) {
    var model = new VisionTransformer(image, 4, 32, 2, CLASSES, 1e-6);
    var compute = new Compute(Device.gpu(), arithmetic, 1);
    var programs = new ArrayList<String>();
    var script = new VisionTransformerScript(model, compute);
    programs.add(script.module(/* first= */ true, /* last= */ false));
    programs.add(script.module(/* first= */ false, /* last= */ true));
    for (boolean recompute : new boolean[] {false, true}) {
      programs.add(model.gradients(DIVISION, ALL, LOSS, compute, recompute).orElseThrow());
    }
    try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
      assertThat(programs).allSatisfy(program -> ScriptProgram.load(manager, program).close());
    }
  }

  @Test
  void givesTheGradientsOfTheProcessorsProgram() {
    // So many tokens that the GPU's program multiplies attention out, which a processor can too.
    var model = new VisionTransformer(68, 4, 32, 2, CLASSES, 1e-6);
    NDList onGpu = gradients(model, new Compute(Device.gpu(), Arithmetic.BF16, 1));
    NDList onProcessor = gradients(model, new Compute(Device.cpu(), Arithmetic.BF16, 1));
    for (int i = 0; i < onGpu.size(); i++) {
      float[] one = onGpu.get(i).toFloatArray();
      float[] other = onProcessor.get(i).toFloatArray();
      assertThat(distance(one, other)).as("parameter %d", i).isCloseTo(0, within(0.1));
    }
    onGpu.get(0).getManager().close();
    onProcessor.get(0).getManager().close();
  }

  /** Relative to the length of the second, which is 0 for a branch that all images drop. */
  private static double distance(float[] one, float[] other) {
    double squares = 0;
    double length = 0;
    for (int i = 0; i < one.length; i++) {
      squares += Math.pow(one[i] - other[i], 2);
      length += Math.pow(other[i], 2);
    }
    return squares == 0 ? 0 : Math.sqrt(squares / length);
  }

  /** Of a network whose weights live on the processor, by the program for some device. */
  private static NDList gradients(VisionTransformer model, Compute compute) {
    TorchEngine.useThreads(1);
    NDManager manager = TorchEngine.newManager(Device.cpu());
    var weights = model.initialWeights(DIVISION, /* seed= */ 1, "gpu programs");
    var host = new Compute(Device.cpu(), compute.arithmetic(), 1);
    try (var network = new ModularNetwork(model, DIVISION, weights, host)) {
      String program = model.gradients(DIVISION, ALL, LOSS, compute, false).orElseThrow();
      var gradients = new NetworkGradients(ScriptProgram.load(manager, program), network.modules());
      var sums = new NDList();
      for (NetworkModule module : network.modules()) {
        module.trainable().forEach(p -> sums.add(manager.zeros(p.array().getShape())));
      }
      var values = new float[IMAGES * 3 * model.image() * model.image()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) Math.sin(i);
      }
      NDArray images = manager.create(values, new Shape(IMAGES, 3, model.image(), model.image()));
      NDArray targets = manager.ones(new Shape(IMAGES, CLASSES)).div(CLASSES);
      NDArray dropped =
          manager.create(new float[] {1, 1, 1, 1, 1, 1, 2, 0, 2, 0, 0, 0}, new Shape(4, 3));
      NDArray kept = manager.create(new float[] {2, 2, 2, 0, 2, 0}, new Shape(2, 3));
      gradients.gather(
          images, targets, new NDList(dropped, kept), 1, true, sums, manager.zeros(new Shape()));
      return sums;
    }
  }
}
