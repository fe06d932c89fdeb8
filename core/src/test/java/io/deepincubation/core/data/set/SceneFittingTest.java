package io.deepincubation.core.data.set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.annotation.Box;
import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.core.data.annotation.MaskRule;
import io.deepincubation.core.data.annotation.RunLengths;
import io.deepincubation.core.data.annotation.SceneObject;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.data.pixels.ImageFiles;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.set.ImageFitting.Encoding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What is annotated goes with its image, or the image is refused. */
class SceneFittingTest {

  private static final int HEIGHT = 40;
  private static final int WIDTH = 60;
  private static final byte[] IMAGE =
      ImageFiles.png(new Pixels(new byte[3 * HEIGHT * WIDTH], HEIGHT, WIDTH));
  private static final ImageFitting SMALLER = new ImageFitting(0, 20, Encoding.KEEP);
  private static final MaskRule RULE = new MaskRule(3, /* reduceZero= */ true, MaskRule.NONE);

  @Test
  void shrinksMaskAndImageTogether() throws IOException {
    FittedScene scene = new MaskFitting(SMALLER, RULE).fit(IMAGE, mask(2).png());

    LabelMap fitted = LabelMap.ofPng(scene.annotation());
    assertThat(scene.image().height()).isEqualTo(20);
    assertThat(fitted.height()).isEqualTo(20);
    assertThat(fitted.width()).isEqualTo(30);
    assertThat(fitted.at(3, 3)).isEqualTo(1);
    assertThat(fitted.at(3, 20)).isEqualTo(255);
    assertThat(scene.facts().classImages()).containsOnlyKeys(1);
  }

  @Test
  void refusesMasksOfAnotherSize() {
    byte[] other = mask(1).resized(60, 40).png();

    assertThatThrownBy(() -> new MaskFitting(ImageFitting.NONE, RULE).fit(IMAGE, other))
        .isInstanceOf(IOException.class)
        .hasMessage("expected a mask of the image's size 40 x 60, got one of 60 x 40");
  }

  @Test
  void refusesClassesOutOfRangeAndFilesThatAreNoMasks() {
    var fitting = new MaskFitting(ImageFitting.NONE, RULE);

    assertThatThrownBy(() -> fitting.fit(IMAGE, mask(4).png()))
        .isInstanceOf(IOException.class)
        .hasMessage("expected a mask of class numbers from 1 to 3, got 4 in row 0 and column 0");
    assertThatThrownBy(() -> fitting.fit(IMAGE, IMAGE))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Cannot read its mask: expected a PNG file of one number a pixel");
    assertThatThrownBy(() -> fitting.fit("text".getBytes(StandardCharsets.UTF_8), mask(1).png()))
        .isInstanceOf(IOException.class)
        .hasMessage("expected a PNG or JPEG file, got 4 other bytes, beginning with text");
  }

  @Test
  void mapsNumbersAsAde20kAndOthersHaveThem() throws IOException {
    // golden/downstream/segmentation.json, reduce_zero_label
    assertThat(mapped(new MaskRule(150, true, MaskRule.NONE), 0, 1, 2, 150, 255))
        .containsExactly(255, 0, 1, 149, 255);
    assertThat(mapped(new MaskRule(3, false, 7), 0, 2, 7, 255)).containsExactly(0, 2, 255, 255);
    assertThat(mapped(new MaskRule(300, false, 0), 0, 255, 299, 65535))
        .containsExactly(65535, 255, 299, 65535);
    assertThat(MaskRule.counted(10, true, MaskRule.NONE).classes()).isEqualTo(10);
    assertThat(MaskRule.counted(10, false, MaskRule.NONE).classes()).isEqualTo(11);
    assertThatThrownBy(() -> mapped(new MaskRule(3, false, 7), 0, 3))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "expected a mask of class numbers from 0 to 2 or 7, got 3 in row 0 and column 1");
  }

  private static int[] mapped(MaskRule rule, int... numbers) throws IOException {
    var values = new char[numbers.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (char) numbers[i];
    }
    LabelMap map = rule.of(new LabelMap(values, 1, values.length));
    int[] labels = new int[values.length];
    Arrays.setAll(labels, i -> map.values()[i]);
    return labels;
  }

  private static LabelMap mask(int number) {
    var values = new char[HEIGHT * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = (char) (i % WIDTH < WIDTH / 2 ? number : 0);
    }
    return new LabelMap(values, HEIGHT, WIDTH);
  }

  @Test
  void shrinksObjectsAndImageTogether() throws IOException {
    FittedScene scene = fit(SMALLER, SceneObject.of(1, new Box(10, 20, 30, 40), square()));

    SceneObjects fitted = SceneObjects.fromBytes(scene.annotation());
    SceneObject object = fitted.objects().get(0);
    assertThat(fitted.height()).isEqualTo(20);
    assertThat(object.box()).isEqualTo(new Box(5, 10, 15, 20));
    assertThat(Objects.requireNonNull(object.mask()).box()).isEqualTo(new Box(5, 10, 15, 20));
    assertThat(object.area()).isEqualTo(100);
  }

  @Test
  void clipsBoxesAndLeavesObjectsOfNoAreaOut() throws IOException {
    FittedScene scene =
        fit(
            ImageFitting.NONE,
            SceneObject.of(0, new Box(-5, 30, 10, 50)),
            SceneObject.of(1, new Box(70, 10, 80, 20)),
            SceneObject.of(2, new Box(10, 10, 10, 20)),
            SceneObject.of(2, new Box(1, 1, 5, 5), RunLengths.of(new boolean[2400], HEIGHT, WIDTH)),
            SceneObject.of(1, new Box(0, 0, 60, 40)));

    List<SceneObject> kept = SceneObjects.fromBytes(scene.annotation()).objects();
    assertThat(kept).hasSize(2);
    assertThat(kept.get(0).box()).isEqualTo(new Box(0, 30, 10, 40));
    assertThat(scene.facts().dropped()).isEqualTo(3);
    assertThat(scene.facts().clipped()).isEqualTo(2);
    assertThat(scene.facts().mostObjects()).isEqualTo(2);
    assertThat(scene.facts().classImages()).containsOnlyKeys(0, 1);
  }

  @Test
  void keepsCrowdsAndImagesWithoutObjects() throws IOException {
    var crowd = new SceneObject(2, new Box(0, 0, 9, 9), null, /* crowd= */ true, 81);

    FittedScene alone = fit(ImageFitting.NONE, crowd);
    FittedScene without = fit(ImageFitting.NONE);

    assertThat(SceneObjects.fromBytes(alone.annotation()).objects()).containsExactly(crowd);
    assertThat(new FittedSample(alone, 0).label()).isEqualTo(SceneTable.EMPTY);
    assertThat(SceneObjects.fromBytes(without.annotation()).objects()).isEmpty();
    assertThat(new FittedSample(without, 0).label()).isEqualTo(SceneTable.EMPTY);
  }

  @Test
  void refusesObjectsOfAnotherImage() {
    var fitting = new ObjectFitting(ImageFitting.NONE, 3);
    byte[] turned = new SceneObjects(60, 40, List.of()).toBytes();
    byte[] unknown =
        new SceneObjects(HEIGHT, WIDTH, List.of(SceneObject.of(3, new Box(0, 0, 1, 1)))).toBytes();

    assertThatThrownBy(() -> fitting.fit(IMAGE, turned))
        .isInstanceOf(IOException.class)
        .hasMessage("expected an image of the annotated size 60 x 40, got one of 40 x 60");
    assertThatThrownBy(() -> fitting.fit(IMAGE, unknown))
        .isInstanceOf(IOException.class)
        .hasMessage("expected objects of classes below 3, got 3");
  }

  private static RunLengths square() {
    var bits = new boolean[HEIGHT * WIDTH];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = i / WIDTH >= 20 && i % WIDTH >= 10 && i % WIDTH < 30;
    }
    return RunLengths.of(bits, HEIGHT, WIDTH);
  }

  private static FittedScene fit(ImageFitting images, SceneObject... objects) throws IOException {
    byte[] annotation = new SceneObjects(HEIGHT, WIDTH, List.of(objects)).toBytes();
    return new ObjectFitting(images, 3).fit(IMAGE, annotation);
  }
}
