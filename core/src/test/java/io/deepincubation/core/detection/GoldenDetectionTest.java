package io.deepincubation.core.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import io.deepincubation.core.data.annotation.Box;
import io.deepincubation.core.data.annotation.Polygon;
import io.deepincubation.core.data.annotation.RunLengths;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Boxes and masks of detection against torchvision, pycocotools and an independent reference. */
class GoldenDetectionTest {

  private static final Offset<Float> BOX = within(1e-4f);
  private static final Offset<Float> SCORE = within(1e-5f);
  private static final double NEAR_HALF = 1e-5;
  private static final int HEIGHT = 32;
  private static final int WIDTH = 40;
  private static final int SIDE = 28;

  private static final MatchingRules ANCHORS = new MatchingRules(0.3, 0.7, 256, 128);
  private static final MatchingRules REGIONS = new MatchingRules(0.5, 0.5, 512, 128);
  private static final Anchors FINE = new Anchors(4, 16, 0.5, 1, 2);
  private static final Anchors COARSE = new Anchors(8, 32, 0.5, 1, 2);

  private static final GoldenTensors BOXES = new GoldenTensors("boxes");
  private static final GoldenTensors RCNN = new GoldenTensors("rcnn");

  @Test
  void anchorsComeByRowColumnAndRatio() {
    assertThat(FINE.boxes(8, 10)).containsExactly(BOXES.values("anchors.8x10.stride4.size16"), BOX);
    assertThat(new Anchors(32, 256, 0.5, 1, 2).boxes(2, 2))
        .containsExactly(BOXES.values("anchors.2x2.stride32.size256"), BOX);
    assertThat(Boxes.joined(FINE.boxes(8, 10), COARSE.boxes(4, 5)))
        .containsExactly(BOXES.values("anchors_all"), BOX);
  }

  @Test
  void overlaps() {
    checkOverlaps("gt", "anchors_all", "iou_gt_anchors");
    checkOverlaps("p", "q", "iou_p_q");
  }

  private void checkOverlaps(String some, String others, String expected) {
    float[] first = BOXES.values(some);
    float[] second = BOXES.values(others);
    int columns = Boxes.count(second);
    float[] overlaps = new float[Boxes.count(first) * columns];
    for (int i = 0; i < overlaps.length; i++) {
      overlaps[i] = Boxes.overlap(first, i / columns, second, i % columns);
    }
    assertThat(overlaps).containsExactly(BOXES.values(expected), within(1e-6f));
  }

  @Test
  void anchorsAreMatched() {
    Matches matches = ANCHORS.anchors(BOXES.values("anchors_all"), BOXES.values("gt"));

    assertThat(matches.labels()).isEqualTo(BOXES.numbers("rpn_label"));
    assertThat(matches.objects()).isEqualTo(BOXES.numbers("rpn_match"));
  }

  @Test
  void proposalsAreMatched() {
    Matches matches = REGIONS.proposals(BOXES.values("p"), BOXES.values("gt"));

    assertThat(matches.labels()).isEqualTo(BOXES.numbers("roi_label"));
    assertThat(matches.objects()).isEqualTo(BOXES.numbers("roi_match"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1111", "10_10_5_5"})
  void boxesAreCoded(String weights) {
    BoxCoding coding = weights.equals("1111") ? BoxCoding.PROPOSALS : BoxCoding.DETECTIONS;

    assertThat(coding.encode(BOXES.values("p"), BOXES.values("q")))
        .containsExactly(BOXES.values("encode_" + weights), BOX);
    assertThat(coding.decode(BOXES.values("p"), BOXES.values("deltas")))
        .containsExactly(BOXES.values("decode_" + weights), within(1e-3f));
  }

  @Test
  void regionsHaveTheirLevels() {
    assertThat(new RegionLevels(2, 5, 4, 224).of(BOXES.values("level_boxes")))
        .isEqualTo(BOXES.numbers("level"));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.3, 0.5, 0.7})
  void boxesAreSuppressed(double overlap) {
    var nms = new GoldenTensors("nms");

    assertThat(Suppression.kept(nms.values("boxes"), nms.values("scores"), overlap))
        .isEqualTo(nms.numbers("keep." + overlap));
    assertThat(
            Suppression.kept(
                nms.values("boxes"), nms.values("scores"), nms.numbers("classes"), overlap))
        .isEqualTo(nms.numbers("keep_by_class." + overlap));
    assertThat(Suppression.kept(nms.values("edge_boxes"), nms.values("edge_scores"), overlap))
        .isEqualTo(nms.numbers("edge_keep." + overlap));
  }

  @Test
  void proposals() {
    float[] logits = RCNN.values("rpn_objectness", 0, 300);
    float[] deltas = RCNN.values("rpn_deltas", 0, 1200);
    int fine = 8 * 10 * 3;
    List<ProposalRules.Level> levels =
        List.of(
            new ProposalRules.Level(
                FINE.boxes(8, 10),
                Arrays.copyOf(logits, fine),
                Arrays.copyOf(deltas, Boxes.SIDES * fine)),
            new ProposalRules.Level(
                COARSE.boxes(4, 5),
                Arrays.copyOfRange(logits, fine, 300),
                Arrays.copyOfRange(deltas, Boxes.SIDES * fine, 1200)));

    ProposalRules.Proposals proposals =
        new ProposalRules(60, 0.7, 25).proposals(levels, HEIGHT, WIDTH);

    assertThat(proposals.levels()).isEqualTo(RCNN.numbers("proposal_levels"));
    assertThat(proposals.logits()).containsExactly(RCNN.values("proposal_scores"), SCORE);
    assertThat(proposals.boxes()).containsExactly(RCNN.values("proposals"), BOX);
  }

  @Test
  void detections() {
    Detections detections =
        new DetectionRules(0.05, 0.5, 12)
            .detections(
                RCNN.values("roi_boxes"),
                RCNN.values("roi_class_logits"),
                RCNN.values("roi_deltas"),
                BoxCoding.DETECTIONS,
                HEIGHT,
                WIDTH);

    assertThat(detections.classes()).isEqualTo(RCNN.numbers("detection_classes"));
    assertThat(detections.scores()).containsExactly(RCNN.values("detection_scores"), SCORE);
    assertThat(detections.boxes()).containsExactly(RCNN.values("detection_boxes"), BOX);
  }

  @Test
  void masksArePasted() {
    for (int i = 0; i < 3; i++) {
      float[] expected = RCNN.values("pasted", i, HEIGHT * WIDTH);
      Box box = Boxes.box(RCNN.values("paste_boxes"), i);
      var pasted =
          new PastedMask(RCNN.values("paste_masks", i, SIDE * SIDE), SIDE, box, HEIGHT, WIDTH);

      boolean[] bits = pasted.runLengths().bits();
      for (int pixel = 0; pixel < bits.length; pixel++) {
        if (Math.abs(expected[pixel] - 0.5) > NEAR_HALF) {
          assertThat(bits[pixel]).isEqualTo(expected[pixel] >= 0.5f);
        }
      }
    }
  }

  @Test
  void masksAreSeenThroughBoxes() {
    var golden = new GoldenTensors("mask_targets");
    for (int i = 0; i < 4; i++) {
      RunLengths mask = mask(golden.values("masks", i, 20 * 26), 20, 26);
      float[] expected = golden.values("soft", i, SIDE * SIDE);

      assertThat(floats(MaskTargets.soft(mask, golden.values("boxes"), i, SIDE)))
          .containsExactly(expected, SCORE);
      float[] target = MaskTargets.of(mask, golden.values("boxes"), i, SIDE);
      for (int pixel = 0; pixel < target.length; pixel++) {
        if (Math.abs(expected[pixel] - 0.5) > NEAR_HALF) {
          assertThat(target[pixel]).isEqualTo(expected[pixel] >= 0.5f ? 1 : 0);
        }
      }
    }
  }

  /** Cases of rle.json, as the golden file says. */
  private record Outlines(double[][][] polygons) {}

  @Test
  void outlinesAreDrawnInBoxes() {
    float[] places = new GoldenTensors("mask_targets").values("boxes");
    double[][][] polygons = new Gson().fromJson(text("rle.json"), Outlines.class).polygons();
    List<String> expected = text("mask_targets_polygon.txt").lines().toList();
    int[] cases = {0, 0, 3, 1};
    for (int i = 0; i < cases.length; i++) {
      List<Polygon> outlines = Arrays.stream(polygons[cases[i]]).map(Polygon::new).toList();

      assertThat(digits(MaskTargets.of(outlines, places, i, SIDE))).isEqualTo(expected.get(i));
    }
  }

  private static String digits(float[] values) {
    var text = new StringBuilder();
    for (float value : values) {
      text.append(Math.round(value));
    }
    return text.toString();
  }

  private static RunLengths mask(float[] values, int height, int width) {
    boolean[] bits = new boolean[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = values[i] != 0;
    }
    return RunLengths.of(bits, height, width);
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static String text(String file) {
    try (InputStream stream =
        Objects.requireNonNull(
            GoldenDetectionTest.class.getResourceAsStream("/golden/downstream/" + file))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
