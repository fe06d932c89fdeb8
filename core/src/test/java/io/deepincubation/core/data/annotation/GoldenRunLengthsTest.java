package io.deepincubation.core.data.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Masks, polygons and boxes against the answers of pycocotools, to the last bit. */
class GoldenRunLengthsTest {

  private record Golden(
      int height,
      int width,
      List<String> masks,
      int[][] counts,
      List<String> compressed,
      long[] area,
      @SerializedName("bbox_xywh") double[][] boxes,
      double[][] iou,
      int[] iscrowd,
      @SerializedName("iou_crowd") double[][] crowdIou,
      @SerializedName("union_of_0_and_5") String union,
      @SerializedName("intersection_of_1_and_5") String intersection,
      double[][][] polygons,
      @SerializedName("polygon_compressed") List<String> polygonCompressed,
      @SerializedName("polygon_masks") List<String> polygonMasks,
      @SerializedName("polygon_area") long[] polygonArea,
      @SerializedName("boxes_xywh") double[][] plainBoxes,
      @SerializedName("box_iou") double[][] plainIou,
      @SerializedName("box_iscrowd") int[] plainCrowd) {}

  private static final Golden GOLDEN = read();

  private final List<RunLengths> masks =
      GOLDEN.compressed().stream()
          .map(text -> RunLengths.parse(text, GOLDEN.height(), GOLDEN.width()))
          .toList();

  @Test
  void bitsAndCountsAndTextsAreOneAnother() {
    for (int i = 0; i < masks.size(); i++) {
      RunLengths mask = RunLengths.of(bits(GOLDEN.masks().get(i)), GOLDEN.height(), GOLDEN.width());

      assertThat(mask).isEqualTo(masks.get(i)).hasSameHashCodeAs(masks.get(i));
      assertThat(mask.counts()).isEqualTo(GOLDEN.counts()[i]);
      assertThat(mask.compressed()).isEqualTo(GOLDEN.compressed().get(i));
      assertThat(mask.bits()).isEqualTo(bits(GOLDEN.masks().get(i)));
      assertThat(RunLengths.ofCounts(GOLDEN.counts()[i], GOLDEN.height(), GOLDEN.width()))
          .isEqualTo(mask);
    }
  }

  @Test
  void areasAndBoxes() {
    for (int i = 0; i < masks.size(); i++) {
      assertThat(masks.get(i).area()).isEqualTo(GOLDEN.area()[i]);
      assertThat(masks.get(i).box()).isEqualTo(box(GOLDEN.boxes()[i]));
    }
  }

  @Test
  void overlapsOfMasksAndWithCrowds() {
    for (int i = 0; i < masks.size(); i++) {
      for (int j = 0; j < masks.size(); j++) {
        RunLengths one = masks.get(i);
        RunLengths other = masks.get(j);
        double crowd = GOLDEN.iscrowd()[j] == 1 ? one.partIn(other) : one.overlap(other);

        assertThat(one.overlap(other)).isEqualTo(GOLDEN.iou()[i][j]);
        assertThat(crowd).isEqualTo(GOLDEN.crowdIou()[i][j]);
      }
    }
  }

  @Test
  void unionsAndIntersections() {
    assertThat(masks.get(0).union(masks.get(5)).compressed()).isEqualTo(GOLDEN.union());
    assertThat(masks.get(1).intersection(masks.get(5)).compressed())
        .isEqualTo(GOLDEN.intersection());
  }

  @Test
  void polygonsCoverTheSamePixels() {
    for (int i = 0; i < GOLDEN.polygons().length; i++) {
      List<Polygon> polygons = Arrays.stream(GOLDEN.polygons()[i]).map(Polygon::new).toList();

      RunLengths mask = Polygon.draw(polygons, GOLDEN.height(), GOLDEN.width());

      assertThat(mask.compressed()).isEqualTo(GOLDEN.polygonCompressed().get(i));
      assertThat(mask.bits()).isEqualTo(bits(GOLDEN.polygonMasks().get(i)));
      assertThat(mask.area()).isEqualTo(GOLDEN.polygonArea()[i]);
    }
  }

  @Test
  void overlapsOfBoxes() {
    for (int i = 0; i < GOLDEN.plainBoxes().length; i++) {
      for (int j = 0; j < GOLDEN.plainBoxes().length; j++) {
        Box one = box(GOLDEN.plainBoxes()[i]);
        Box other = box(GOLDEN.plainBoxes()[j]);
        double overlap = GOLDEN.plainCrowd()[j] == 1 ? one.partIn(other) : one.overlap(other);

        assertThat(overlap).isEqualTo(GOLDEN.plainIou()[i][j]);
      }
    }
  }

  private static Box box(double[] corner) {
    return Box.ofSize(corner[0], corner[1], corner[2], corner[3]);
  }

  private static boolean[] bits(String text) {
    boolean[] bits = new boolean[text.length()];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = text.charAt(i) == '1';
    }
    return bits;
  }

  private static Golden read() {
    try (var reader =
        new InputStreamReader(
            Objects.requireNonNull(
                GoldenRunLengthsTest.class.getResourceAsStream("/golden/downstream/rle.json")),
            StandardCharsets.UTF_8)) {
      return new Gson().fromJson(reader, Golden.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
