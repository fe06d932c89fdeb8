package io.deepincubation.core.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import io.deepincubation.core.data.annotation.Box;
import io.deepincubation.core.data.annotation.RunLengths;
import io.deepincubation.core.data.annotation.SceneObject;
import io.deepincubation.core.detection.DetectedObject;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The measures against those of pycocotools and of an independent count of pixels. */
class GoldenEvaluationTest {

  private static final Offset<Double> TOLERANCE = within(1e-9);

  private static final List<String> FIGURES =
      List.of(
          "AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl");

  private record Coco(
      @SerializedName("ground_truth") Truth truth,
      List<Annotation> detections,
      Map<String, Expected> expected) {}

  private record Truth(List<Id> images, List<Id> categories, List<Annotation> annotations) {}

  private record Id(int id) {}

  private record Annotation(
      @SerializedName("image_id") int image,
      @SerializedName("category_id") int category,
      double[] bbox,
      double area,
      int iscrowd,
      double score,
      Segmentation segmentation) {

    Box box() {
      return Box.ofSize(bbox[0], bbox[1], bbox[2], bbox[3]);
    }
  }

  private record Segmentation(int[] size, String counts) {

    RunLengths mask() {
      return RunLengths.parse(counts, size[0], size[1]);
    }
  }

  private record Expected(
      Map<String, Double> stats,
      @SerializedName("ap_per_category") Map<String, @Nullable Double> perCategory,
      @SerializedName("precision_iou50_category1") double[] curve) {}

  private record Segmentations(List<Pixels> measures) {}

  private record Pixels(
      int classes,
      @SerializedName("gt") int[][][] truth,
      @SerializedName("pred") int[][][] predicted,
      long[] intersection,
      @SerializedName("gt_pixels") long[] pixels,
      List<@Nullable Double> iou,
      List<@Nullable Double> acc,
      @Nullable Double mIoU,
      @Nullable Double mAcc,
      @Nullable Double aAcc) {}

  private static final Coco COCO = read("coco_eval", Coco.class);

  @Test
  void precisionOfBoxesIsThatOfCoco() {
    check(evaluation(ImageMatches::byBoxes), COCO.expected().get("bbox"));
  }

  @Test
  void precisionOfMasksIsThatOfCoco() {
    check(evaluation(ImageMatches::byMasks), COCO.expected().get("segm"));
  }

  @Test
  void countsOfPixelsGiveTheMeasures() {
    for (Pixels expected : read("segmentation", Segmentations.class).measures()) {
      PixelCounts counts = PixelCounts.none(expected.classes());
      for (int i = 0; i < expected.truth().length; i++) {
        counts =
            counts.plus(
                PixelCounts.of(
                    expected.classes(),
                    flat(expected.truth()[i]),
                    flat(expected.predicted()[i]),
                    255));
      }

      assertThat(counts.right()).isEqualTo(expected.intersection());
      assertThat(counts.truth()).isEqualTo(expected.pixels());
      for (int i = 0; i < expected.classes(); i++) {
        assertThat(counts.overlap(i).stream().boxed().findFirst().orElse(null))
            .isEqualTo(expected.iou().get(i));
        assertThat(counts.accuracy(i).stream().boxed().findFirst().orElse(null))
            .isEqualTo(expected.acc().get(i));
      }
      same(counts.measures().get(PixelCounts.MEAN_IOU), expected.mIoU());
      same(counts.measures().get(PixelCounts.MEAN_ACCURACY), expected.mAcc());
      same(counts.measures().get(PixelCounts.ACCURACY), expected.aAcc());
    }
  }

  private interface Matching {

    ImageMatches of(long image, List<SceneObject> objects, List<DetectedObject> detections);
  }

  private static AveragePrecision evaluation(Matching matching) {
    List<ImageMatches> images = new ArrayList<>();
    for (Id image : COCO.truth().images()) {
      List<SceneObject> objects =
          COCO.truth().annotations().stream()
              .filter(object -> object.image() == image.id())
              .map(
                  object ->
                      new SceneObject(
                          classOf(object),
                          object.box(),
                          object.segmentation().mask(),
                          object.iscrowd() == 1,
                          object.area()))
              .toList();
      List<DetectedObject> detections =
          COCO.detections().stream()
              .filter(found -> found.image() == image.id())
              .map(
                  found ->
                      new DetectedObject(
                          classOf(found), found.score(), found.box(), found.segmentation().mask()))
              .toList();
      images.add(matching.of(image.id(), objects, detections));
    }
    Collections.reverse(images); // the order must not matter
    return AveragePrecision.of(COCO.truth().categories().size(), images);
  }

  private static int classOf(Annotation annotation) {
    return COCO.truth().categories().indexOf(new Id(annotation.category()));
  }

  private static void check(AveragePrecision precision, @Nullable Expected expected) {
    Objects.requireNonNull(expected);
    Map<String, Double> measures = precision.measures();
    List<String> names = List.copyOf(measures.keySet());
    assertThat(names).hasSameSizeAs(FIGURES);
    for (int i = 0; i < FIGURES.size(); i++) {
      assertThat(measures.get(names.get(i)))
          .as(names.get(i))
          .isCloseTo(expected.stats().get(FIGURES.get(i)), TOLERANCE);
    }
    List<Id> categories = COCO.truth().categories();
    IntStream.range(0, categories.size())
        .forEach(
            i ->
                same(
                    precision.ofClass(i).stream().boxed().findFirst().orElse(null),
                    expected.perCategory().get(Integer.toString(categories.get(i).id()))));
    assertThat(precision.curve(0, 0)).containsExactly(expected.curve(), TOLERANCE);
  }

  private static void same(@Nullable Double value, @Nullable Double expected) {
    if (expected == null) {
      assertThat(value).isNull();
    } else {
      assertThat(value).isCloseTo(expected, TOLERANCE);
    }
  }

  private static int[] flat(int[][] rows) {
    return Arrays.stream(rows).flatMapToInt(Arrays::stream).toArray();
  }

  private static <T> T read(String name, Class<T> type) {
    try (var reader =
        new InputStreamReader(
            Objects.requireNonNull(
                GoldenEvaluationTest.class.getResourceAsStream(
                    "/golden/downstream/" + name + ".json")),
            StandardCharsets.UTF_8)) {
      return new Gson().fromJson(reader, type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
