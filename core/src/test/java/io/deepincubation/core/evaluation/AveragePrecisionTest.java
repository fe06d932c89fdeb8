package io.deepincubation.core.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.data.annotation.Box;
import io.deepincubation.core.data.annotation.SceneObject;
import io.deepincubation.core.detection.DetectedObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class AveragePrecisionTest {

  private static final Box HERE = Box.ofSize(10, 10, 40, 40);
  private static final Box THERE = Box.ofSize(100, 100, 40, 40);

  @Test
  void whatIsFoundExactlyIsWorthOne() {
    AveragePrecision precision =
        AveragePrecision.of(
            2,
            List.of(
                ImageMatches.byBoxes(
                    7,
                    List.of(SceneObject.of(1, HERE), SceneObject.of(1, THERE)),
                    List.of(found(1, 0.9, HERE), found(1, 0.4, THERE)))));

    assertThat(precision.measures().get(AveragePrecision.AP)).isCloseTo(1, within(1e-12));
    assertThat(precision.measures().get(AveragePrecision.AR_1)).isEqualTo(0.5);
    assertThat(precision.objects(1)).isEqualTo(2);
    assertThat(precision.ofClass(0)).isEmpty();
    assertThat(precision.curve(0, 0)).isEmpty();
  }

  @Test
  void sizesWithoutObjectsHaveNoFigure() {
    AveragePrecision precision =
        AveragePrecision.of(
            1, List.of(ImageMatches.byBoxes(7, List.of(SceneObject.of(0, HERE)), List.of())));

    assertThat(precision.measures())
        .containsOnlyKeys("ap", "ap50", "ap75", "ap-medium", "ar1", "ar10", "ar100", "ar-medium")
        .containsEntry("ap", 0.0);
    assertThat(AveragePrecision.of(1, List.of()).measures()).isEmpty();
  }

  @Test
  void detectionsOfACrowdAreNeitherRightNorWrong() {
    SceneObject crowd = new SceneObject(0, new Box(90, 90, 200, 200), null, true, 5000);
    List<DetectedObject> detections =
        List.of(
            found(0, 0.9, THERE), found(0, 0.8, Box.ofSize(120, 120, 50, 50)), found(0, 0.5, HERE));

    AveragePrecision precision =
        AveragePrecision.of(
            1,
            List.of(ImageMatches.byBoxes(1, List.of(crowd, SceneObject.of(0, HERE)), detections)));

    assertThat(precision.measures().get(AveragePrecision.AP)).isCloseTo(1, within(1e-12));
    assertThat(precision.objects(0)).isEqualTo(1);
  }

  @Test
  void anImageDrawnTwiceCountsTwice() {
    ImageMatches right =
        ImageMatches.byBoxes(1, List.of(SceneObject.of(0, HERE)), List.of(found(0, 0.5, HERE)));
    ImageMatches missed = ImageMatches.byBoxes(2, List.of(SceneObject.of(0, HERE)), List.of());

    assertThat(AveragePrecision.of(1, List.of(right, missed)).measures().get("ar100"))
        .isEqualTo(0.5);
    assertThat(AveragePrecision.of(1, List.of(right, missed, right)).measures().get("ar100"))
        .isEqualTo(2.0 / 3);
  }

  @Test
  void refusesMasksThatAreMissing() {
    assertThatThrownBy(() -> ImageMatches.byMasks(3, List.of(SceneObject.of(0, HERE)), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Cannot match masks of image 3: expected one of each object");
  }

  @Test
  void refusesClassesThatThereAreNot() {
    List<ImageMatches> images =
        List.of(ImageMatches.byBoxes(3, List.of(SceneObject.of(4, HERE)), List.of()));

    assertThatThrownBy(() -> AveragePrecision.of(4, images))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot evaluate detections: expected classes from 0 to 3, got 4");
  }

  private static DetectedObject found(int classIndex, double score, Box box) {
    return new DetectedObject(classIndex, score, box, null);
  }
}
