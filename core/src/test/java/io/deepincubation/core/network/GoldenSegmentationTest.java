package io.deepincubation.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.network.Interpolation.Grid;
import io.deepincubation.core.network.ParameterSpec.Role;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.ScriptProgram;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.Golden;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Neck, UperNet and its loss against PyTorch's numbers, on given taps. */
class GoldenSegmentationTest {

  private static final int IGNORED = 255;

  private static final double LOGIT_TOLERANCE = 1e-5;
  private static final int WIDTH = 16;
  private static final int CLASSES = 5;

  private final NDManager manager = TorchEngine.newManager(Device.cpu());

  /** A golden case. */
  private record Case(
      String name,
      MapNorm norm,
      int patch,
      Grid tokens,
      Grid label,
      double tolerance,
      Set<String> vanishing) {}

  private static final Case BATCH =
      new Case(
          "upernet_bn",
          MapNorm.BATCH,
          16,
          new Grid(6, 4),
          new Grid(48, 32),
          1e-3,
          Set.of("neck.up2.bias", "neck.up4a.bias", "neck.up4b.bias"));
  private static final Case GROUP =
      new Case(
          "upernet_gn",
          new MapNorm(MapNorm.Kind.GROUP, 4),
          8,
          new Grid(8, 8),
          new Grid(32, 32),
          1e-5,
          Set.of("head.ppm.0.conv.weight"));

  @BeforeEach
  void useOneThread() {
    TorchEngine.useThreads(1);
  }

  @AfterEach
  void free() {
    manager.close();
  }

  @Test
  void batchNormMatches() {
    check(BATCH);
  }

  @Test
  void groupNormMatches() {
    check(GROUP);
  }

  @Test
  void runningStatisticsAndWhatTheyEvaluateToMatch() {
    var head = new Head(BATCH);
    try (GradientMode mode = GradientMode.frozen()) {
      head.call("train");
      for (int i = 0; i < head.specs.size(); i++) {
        ParameterSpec spec = head.specs.get(i);
        if (spec.role() == Role.BUFFER) {
          float[] found = head.parameters.get(i).toFloatArray();
          float[] wanted = head.golden("after." + goldenName(spec.name()));
          Golden.assertClose(spec.name(), found, wanted, 1e-5);
        }
      }
      float[] logits = head.call("evaluate").toFloatArray();
      Golden.assertClose("evaluated", logits, head.golden("logits_eval"), LOGIT_TOLERANCE);
    }
  }

  @Test
  void isLostNothingWhereNoPixelHasALabel() {
    var head = new Head(GROUP);
    try (GradientMode mode = GradientMode.recording()) {
      NDArray none = manager.full(new Shape(2, 32, 32), 255f);
      NDArray loss = head.loss(head.call("train"), none);
      assertThat(loss.getFloat()).isZero();
      for (float[] gradient : Autograd.gradients(loss, head.trained())) {
        assertThat(gradient).containsOnly(0);
      }
    }
  }

  private void check(Case one) {
    var head = new Head(one);
    try (GradientMode mode = GradientMode.recording()) {
      NDArray outputs = head.call("train");
      float[] all = outputs.toFloatArray();
      head.assertLogits(all);
      float[] labels = head.golden("label");
      Grid size = one.label();
      NDArray targets = manager.create(labels, new Shape(2, size.height(), size.width()));
      NDArray loss = head.loss(outputs, targets);
      double wanted = head.golden("loss_head_valid")[0] + 0.4 * head.golden("loss_aux_valid")[0];
      assertThat((double) loss.getFloat()).isCloseTo(wanted, within(1e-5));
      head.assertGradients(loss, labels);
    }
  }

  private static String goldenName(String name) {
    boolean normed = name.contains(".norm.") || name.contains("up4n.");
    int dot = name.lastIndexOf('.');
    return normed ? name.substring(0, dot) + ".n" + name.substring(dot) : name;
  }

  /** Neck and heads of a case, with its weights. */
  private final class Head {

    private final Case one;
    private final Weights golden;
    private final SegmentationWriter writer;
    private final List<ParameterSpec> specs;
    private final NDList parameters = new NDList();
    private final NDList taps = new NDList();
    private final ScriptProgram program;

    private Head(Case one) {
      this.one = one;
      golden = Golden.tensors("downstream/" + one.name());
      var options =
          new SegmentationHead(
              SegmentationHead.Kind.UPERNET, SegmentationHead.Neck.PYRAMID, 8, 8, one.norm(), 0.1);
      var vit = new VisionTransformer(4 * one.patch(), one.patch(), WIDTH, 2, 10, 1e-6);
      int height = one.tokens().height() * one.patch();
      int width = one.tokens().width() * one.patch();
      writer = new SegmentationWriter(options, DenseBackbone.of(vit, 4), CLASSES, height, width);
      specs = writer.specs();
      specs.forEach(this::load);
      for (int i = 0; i < 4; i++) {
        Shape shape = new Shape(2, WIDTH, one.tokens().height(), one.tokens().width());
        NDArray tap = manager.create(golden("tap" + i), shape);
        tap.setRequiresGradient(true);
        taps.add(tap);
      }
      LossProgram loss =
          SegmentationLoss.program(CLASSES, writer.logits(), writer.auxiliaryLogits(), IGNORED);
      program =
          ScriptProgram.load(
              manager,
              loss.forward()
                  + HeadWriter.methods(one.norm()).replace("TYPE", "6").replace("FLOAT", "6")
                  + method("train", "True", writer.train())
                  + method("evaluate", "False", writer.evaluate()));
    }

    private String method(String name, String training, DenseScript.Output output) {
      var source =
          new StringBuilder(
              "def " + name + "(self, taps: List[Tensor], q: List[Tensor]) -> Tensor:\n");
      source.append("  keep = torch.empty([0, 0], dtype=6)\n  training = " + training + "\n");
      for (int i = 0; i < 4; i++) {
        source.append("  " + writer.taps().get(i) + " = taps[" + i + "]\n");
      }
      return source + output.lines() + "  return " + output.result() + "\n";
    }

    private void load(ParameterSpec spec) {
      NDArray array;
      if (spec.role() == Role.BUFFER) {
        boolean mean = spec.name().endsWith("mean");
        array = mean ? manager.zeros(spec.shape()) : manager.ones(spec.shape());
      } else {
        Weights.Tensor tensor = golden.tensor("weight." + goldenName(spec.name()));
        array = manager.create(tensor.values(), spec.shape());
        array.setRequiresGradient(true);
      }
      parameters.add(array);
    }

    private float[] golden(String name) {
      return golden.tensor(name).values();
    }

    private NDArray call(String method) {
      var arguments = new NDList();
      arguments.addAll(ScriptProgram.listOf("taps", taps));
      arguments.addAll(ScriptProgram.listOf("q", parameters));
      return program.call(manager, method, arguments).head();
    }

    private NDArray loss(NDArray outputs, NDArray targets) {
      return program.call(manager, "loss", new NDList(outputs, targets)).head();
    }

    private NDList trained() {
      var trained = new NDList();
      for (int i = 0; i < specs.size(); i++) {
        if (specs.get(i).role() != Role.BUFFER) {
          trained.add(parameters.get(i));
        }
      }
      return trained;
    }

    /** An image's logits come before its auxiliary ones. */
    private void assertLogits(float[] all) {
      List<Float> main = new ArrayList<>();
      List<Float> other = new ArrayList<>();
      int first = golden("logits").length / 2;
      for (int i = 0; i < all.length; i++) {
        (i % (all.length / 2) < first ? main : other).add(all[i]);
      }
      Golden.assertClose("logits", floats(main), golden("logits"), LOGIT_TOLERANCE);
      Golden.assertClose("auxiliary", floats(other), golden("aux_logits"), LOGIT_TOLERANCE);
    }

    private static float[] floats(List<Float> list) {
      var values = new float[list.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = list.get(i);
      }
      return values;
    }

    /** The golden loss divides by all pixels, ours by those with a label. */
    private void assertGradients(NDArray loss, float[] labels) {
      double valid = 0;
      for (float label : labels) {
        valid += label == 255 ? 0 : 1;
      }
      List<String> names = new ArrayList<>();
      specs.stream()
          .filter(spec -> spec.role() != Role.BUFFER)
          .forEach(spec -> names.add(spec.name()));
      NDList arrays = trained();
      for (int i = 0; i < 4; i++) {
        names.add("tap" + i);
        arrays.add(taps.get(i));
      }
      List<float[]> found = Autograd.gradients(loss, arrays);
      for (int i = 0; i < names.size(); i++) {
        if (!one.vanishing().contains(names.get(i))) {
          float[] wanted = golden("grad." + goldenName(names.get(i)));
          float[] own = found.get(i);
          for (int j = 0; j < own.length; j++) {
            own[j] *= (float) (valid / labels.length);
          }
          double tolerance = one.tolerance() * Golden.largest(wanted);
          Golden.assertClose(names.get(i), own, wanted, tolerance);
        }
      }
    }
  }
}
