package io.deepincubation.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.network.Interpolation.Grid;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.ScriptProgram;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.Golden;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Regions' bins and the losses of detection against PyTorch's numbers, with gradients. */
class GoldenDetectionTest {

  private static final double TOLERANCE = 1e-5;
  private static final int SAMPLED_ANCHORS = 32;
  private static final int CLASSES = 3;

  private static final String CALLS =
      """
      def bins_of(self, maps: Tensor, regions: Tensor, like: Tensor) -> Tensor:
        rows = torch.permute(maps, [0, 2, 3, 1])
        table = torch.reshape(rows, [-1, torch.size(maps, 1)])
        places = torch.size(maps, 2) * torch.size(maps, 3)
        side = torch.size(like, 1)
        return torch.contiguous(self.bins(table, regions, places, side, torch.size(like, 2)))

      def both_of_anchors(self, logits: Tensor, deltas: Tensor, labels: Tensor,
                          targets: Tensor) -> List[Tensor]:
        one, other = self.proposal_losses(logits, deltas, labels, targets)
        return [torch.add(one, other), one, other]

      def both_of_boxes(self, logits: Tensor, deltas: Tensor, classes: Tensor,
                        targets: Tensor) -> List[Tensor]:
        one, other = self.box_losses(logits, deltas, classes, targets)
        return [torch.add(one, other), one, other]
      """;

  private final NDManager manager = TorchEngine.newManager(Device.cpu());
  private final Weights golden = Golden.tensors("downstream/rcnn");
  private final ScriptProgram program =
      ScriptProgram.load(manager, DetectionScript.regionsAndLosses(SAMPLED_ANCHORS) + "\n" + CALLS);

  @BeforeEach
  void useOneThread() {
    TorchEngine.useThreads(1);
  }

  @AfterEach
  void free() {
    manager.close();
  }

  @ParameterizedTest
  @CsvSource({"7, 2", "2, 2", "7, 0", "14, 0"})
  void binsOfRegionsMatch(int side, int samples) {
    Weights align = Golden.tensors("downstream/roi_align");
    float[] rows = align.tensor("rois").values();
    int count = rows.length / 5;
    var regions = new Regions(new int[count], new int[count], new float[4 * count]);
    for (int i = 0; i < count; i++) {
      regions.images()[i] = (int) rows[5 * i];
      System.arraycopy(rows, 5 * i + 1, regions.boxes(), 4 * i, 4);
    }
    float[] places = regions.places(List.of(new Grid(9, 11)), List.of(4), side);
    try (GradientMode mode = GradientMode.recording()) {
      NDArray maps = leaf(align.tensor("features"));
      NDArray found =
          call(
              "bins_of",
              maps,
              manager.create(places, new Shape(count, Regions.VALUES)),
              manager.create(new Shape(0, side, samples)));
      String name = "out" + side + ".samples" + samples + ".aligned";
      Golden.assertClose(name, found.toFloatArray(), align.tensor(name).values(), TOLERANCE);
      float[] gradient = Autograd.gradients(Autograd.waved(found), new NDList(maps)).get(0);
      float[] wanted = align.tensor(name + ".grad_features").values();
      Golden.assertClose(name, gradient, wanted, TOLERANCE * Golden.largest(wanted));
    }
  }

  @Test
  void lossesOfAnchorsMatch() {
    try (GradientMode mode = GradientMode.recording()) {
      NDArray logits = leaf(golden.tensor("rpn_objectness"));
      NDArray deltas = leaf(golden.tensor("rpn_deltas"));
      NDList losses =
          program.call(
              manager,
              "both_of_anchors",
              new NDList(
                  logits,
                  deltas,
                  array(golden.tensor("rpn_label")),
                  manager.create(anchorTargets(), new Shape(2, 300, 4))));
      assertLoss(losses.get(1), "rpn_loss_objectness");
      assertLoss(losses.get(2), "rpn_loss_boxes");
      assertGradients(
          losses.get(0), List.of(logits, deltas), "rpn_grad_objectness", "rpn_grad_deltas");
    }
  }

  /** Of both images, which have the same objects. */
  private static float[] anchorTargets() {
    Weights boxes = Golden.tensors("downstream/boxes");
    float[] anchors = boxes.tensor("anchors_all").values();
    float[] objects = boxes.tensor("gt").values();
    float[] matches = boxes.tensor("rpn_match").values();
    var targets = new float[2 * anchors.length];
    for (int i = 0; i < matches.length; i++) {
      int match = Math.max(0, (int) matches[i]);
      encode(anchors, i, objects, match, 1, 1, targets, i);
      encode(anchors, i, objects, match, 1, 1, targets, matches.length + i);
    }
    return targets;
  }

  private static void encode(
      float[] from, int i, float[] to, int j, double byPlace, double bySize, float[] into, int k) {
    for (int axis = 0; axis < 2; axis++) {
      double start = from[4 * i + axis];
      double size = from[4 * i + 2 + axis] - start;
      double aim = to[4 * j + axis];
      double wanted = to[4 * j + 2 + axis] - aim;
      into[4 * k + axis] = (float) (byPlace * (aim + wanted / 2 - start - size / 2) / size);
      into[4 * k + 2 + axis] = (float) (bySize * Math.log(wanted / size));
    }
  }

  @Test
  void lossesOfRegionsMatch() {
    float[] moves = new float[40];
    for (int i = 0; i < 10; i++) {
      float[] from = golden.tensor("roi_boxes").values();
      encode(from, i, golden.tensor("roi_gt_boxes").values(), i, 10, 5, moves, i);
    }
    try (GradientMode mode = GradientMode.recording()) {
      NDArray logits = leaf(golden.tensor("roi_class_logits"));
      NDArray deltas = leaf(golden.tensor("roi_deltas"));
      NDList losses =
          program.call(
              manager,
              "both_of_boxes",
              new NDList(
                  logits,
                  deltas,
                  array(golden.tensor("roi_classes")),
                  manager.create(moves, new Shape(10, 4))));
      assertLoss(losses.get(1), "roi_loss_class");
      assertLoss(losses.get(2), "roi_loss_boxes");
      assertGradients(
          losses.get(0), List.of(logits, deltas), "roi_grad_class_logits", "roi_grad_deltas");
    }
  }

  @Test
  void lossOfMasksMatches() {
    float[] all = golden.tensor("roi_classes").values();
    var classes = new float[5];
    int count = 0;
    for (float each : all) {
      if (each < CLASSES) {
        classes[count++] = each;
      }
    }
    assertThat(count).isEqualTo(5);
    try (GradientMode mode = GradientMode.recording()) {
      NDArray logits = leaf(golden.tensor("mask_logits"));
      NDArray loss =
          call("mask_loss", logits, manager.create(classes), array(golden.tensor("mask_targets")));
      assertLoss(loss, "mask_loss");
      assertGradients(loss, List.of(logits), "mask_grad_logits");
    }
  }

  private void assertLoss(NDArray found, String name) {
    assertThat((double) found.getFloat())
        .as(name)
        .isCloseTo(golden.tensor(name).values()[0], within(TOLERANCE));
  }

  private void assertGradients(NDArray loss, List<NDArray> by, String... names) {
    List<float[]> found = Autograd.gradients(loss, new NDList(by));
    for (int i = 0; i < names.length; i++) {
      float[] wanted = golden.tensor(names[i]).values();
      Golden.assertClose(names[i], found.get(i), wanted, TOLERANCE * Golden.largest(wanted));
    }
  }

  private NDArray leaf(Weights.Tensor tensor) {
    NDArray array = array(tensor);
    array.setRequiresGradient(true);
    return array;
  }

  private NDArray array(Weights.Tensor tensor) {
    long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
    return manager.create(tensor.values(), new Shape(shape));
  }

  private NDArray call(String method, NDArray... arguments) {
    return program.call(manager, method, new NDList(arguments)).head();
  }
}
