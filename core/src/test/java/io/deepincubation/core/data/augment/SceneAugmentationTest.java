package io.deepincubation.core.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.data.annotation.Box;
import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.core.data.annotation.RunLengths;
import io.deepincubation.core.data.annotation.SceneObject;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.data.augment.Augmentation.Look;
import io.deepincubation.core.data.pixels.Normalization;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.recipe.SceneRecipe;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SceneAugmentationTest {

  private static final BatchKey KEY = new BatchKey(11, "transfer", -1);
  private static final int IGNORED = 255;
  private static final int CROP = 48;
  private static final int PLANE = CROP * CROP;
  private static final int HEIGHT = 70;
  private static final int WIDTH = 110;

  /** Classes in blocks of 16 x 16 pixels, some of them ignored; the image has a colour of each. */
  private static final LabelMap LABELS = labels();

  private static final Pixels IMAGE = painted(LABELS);

  /** An image with its labels, as training sees it. */
  private record Seen(float[] image, float[] labels) {

    int label(int row, int column) {
      return (int) labels[row * CROP + column];
    }
  }

  @Test
  void movesLabelsWithTheirPixels() {
    int checked = 0;
    for (int sample = 0; sample < 40; sample++) {
      Seen seen = seen(recipe(0.5, 2, 0.75), sample);
      for (int row = 0; row < CROP; row++) {
        for (int column = 0; column < CROP; column++) {
          if (isInside(seen, row, column)) {
            assertColour(seen, row, column);
            checked++;
          }
        }
      }
    }
    assertThat(checked).isGreaterThan(20_000);
  }

  @Test
  void padsToTheRightAndBelow() {
    Seen seen = seen(recipe(0.4, 0.4, 1), 0); // 28 x 44 pixels

    for (int row = 0; row < CROP; row++) {
      for (int column = 0; column < CROP; column++) {
        if (row >= 28 || column >= 44) {
          assertThat(seen.label(row, column)).isEqualTo(IGNORED);
          for (int channel = 0; channel < 3; channel++) {
            assertThat(seen.image()[channel * PLANE + row * CROP + column]).isZero();
          }
        }
      }
    }
    assertThat(seen.label(27, 43)).isNotEqualTo(IGNORED);
  }

  @Test
  void isAPureFunctionOfTheLook() {
    SceneRecipe recipe = recipe(0.5, 2, 0.75);

    assertThat(seen(recipe, 3).image()).isEqualTo(seen(recipe, 3).image());
    assertThat(seen(recipe, 3).labels()).isEqualTo(seen(recipe, 3).labels());
    assertThat(seen(recipe, 4).labels()).isNotEqualTo(seen(recipe, 3).labels());
  }

  @Test
  void mirrorsHalfOfTheImages() {
    LabelMap halves = new LabelMap(new char[] {1, 2}, 1, 2).resized(CROP, CROP);
    SceneRecipe recipe =
        new SceneRecipe(CROP, CROP, 1, 1, List.of(), 0, CROP, 1, /* flip= */ true, false);
    int mirrored = 0;
    for (int sample = 0; sample < 200; sample++) {
      mirrored += seen(painted(halves), halves, recipe, sample).label(0, 0) == 2 ? 1 : 0;
    }
    assertThat(mirrored).isBetween(80, 120);
  }

  @Test
  void drawsCropsThatOneClassFillsAnew() {
    var values = new char[HEIGHT * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = (char) (i % WIDTH < WIDTH - 20 ? 0 : 1);
    }
    var labels = new LabelMap(values, HEIGHT, WIDTH);

    assertThat(ofOneClass(labels, recipe(1, 1, 1))).isGreaterThan(50);
    assertThat(ofOneClass(labels, recipe(1, 1, 0.75))).isLessThan(30);
  }

  private static int ofOneClass(LabelMap labels, SceneRecipe recipe) {
    int found = 0;
    for (int sample = 0; sample < 100; sample++) {
      Set<Float> classes = new HashSet<>();
      for (float label : seen(painted(labels), labels, recipe, sample).labels()) {
        classes.add(label);
      }
      found += classes.size() == 1 ? 1 : 0;
    }
    return found;
  }

  @Test
  void resizesByRatiosWithinBounds() {
    LabelMap whole = new LabelMap(new char[HEIGHT * WIDTH], HEIGHT, WIDTH);
    Set<Integer> heights = new HashSet<>();
    for (int sample = 0; sample < 300; sample++) {
      Seen seen = seen(painted(whole), whole, recipe(0.2, 0.6, 1), sample);
      int row = 0;
      while (row < CROP && seen.label(row, 0) != IGNORED) {
        row++;
      }
      heights.add(row);
    }
    assertThat(heights).contains(15, 28, 41).allMatch(height -> height >= 14 && height <= 42);
  }

  @Test
  void changesColoursAlone() {
    int changed = 0;
    for (int sample = 0; sample < 64; sample++) {
      Seen before = seen(colours(/* photometric= */ false), sample);
      Seen after = seen(colours(/* photometric= */ true), sample);
      assertThat(after.labels()).isEqualTo(before.labels());
      changed += Arrays.equals(before.image(), after.image()) ? 0 : 1;
    }
    assertThat(changed).isBetween(50, 63); // all but one of 16
  }

  private static SceneRecipe colours(boolean photometric) {
    return new SceneRecipe(WIDTH, HEIGHT, 1, 1, List.of(), 0, CROP, 1, false, photometric);
  }

  @Test
  void changesSaturationAndHueAsHsvHasThem() {
    Pixels image = image(0xC86432, 0x808080, 0x000000, 0x00FF00);

    assertThat(PhotometricDistortion.saturated(image, 0.5).values())
        .isEqualTo(image(0xC8967D, 0x808080, 0x000000, 0x80FF80).values());
    assertThat(PhotometricDistortion.saturated(image, 1.5).values())
        .isEqualTo(image(0xC84300, 0x808080, 0x000000, 0x00FF00).values());
    assertThat(PhotometricDistortion.turned(image, 15).values())
        .isEqualTo(image(0xC8AF32, 0x808080, 0x000000, 0x00FF80).values());
    assertThat(PhotometricDistortion.turned(image, -15).values())
        .isEqualTo(image(0xC8324B, 0x808080, 0x000000, 0x80FF00).values());
  }

  @Test
  void movesObjectsWithTheirPixels() {
    int whole = 0;
    var drawn = new SceneRecipe(200, 1, 1, 1, List.of(50, 70, 90), 0, CROP, 1, true, false);
    for (int sample = 0; sample < 40; sample++) {
      for (SceneObject object : objects(drawn, CROP, sample).objects()) {
        RunLengths mask = Objects.requireNonNull(object.mask());
        Box found = mask.box();
        assertThat(found.x0()).isCloseTo(object.box().x0(), within(0.51));
        assertThat(found.x1()).isCloseTo(object.box().x1(), within(0.51));
        assertThat(found.y0()).isCloseTo(object.box().y0(), within(0.51));
        assertThat(found.y1()).isCloseTo(object.box().y1(), within(0.51));
        whole += found.width() > 20 && found.height() > 20 ? 1 : 0;
      }
    }
    assertThat(whole).isGreaterThan(20);
  }

  @Test
  void cutsAPartBeforeAllElse() {
    var parts =
        new SceneRecipe(96, 1, 1, 1, List.of(64), /* partProbability= */ 0.5, 0, 1, true, false);
    Set<Integer> heights = new HashSet<>();
    for (int sample = 0; sample < 30; sample++) {
      heights.add(objects(parts, 96, sample).height());
    }
    assertThat(heights).contains(61).hasSizeGreaterThan(3); // 61 of the whole: 96 x 70 / 110
  }

  /** Checks that an image has the object's colour where its mask is, and nowhere else. */
  private static SceneObjects objects(SceneRecipe recipe, int side, int sample) {
    var values = new char[HEIGHT * WIDTH];
    var bits = new boolean[values.length];
    for (int i = 0; i < values.length; i++) {
      int row = i / WIDTH;
      int column = i % WIDTH;
      bits[i] = row >= 20 && row < 55 && column >= 30 && column < 80;
      values[i] = (char) (bits[i] ? 1 : 0);
    }
    RunLengths mask = RunLengths.of(bits, HEIGHT, WIDTH);
    var into = new float[3 * side * side];
    var object = SceneObject.of(4, mask.box(), mask);
    SceneObjects seen =
        new SceneAugmentation(recipe, KEY)
            .apply(
                painted(new LabelMap(values, HEIGHT, WIDTH)),
                new SceneObjects(HEIGHT, WIDTH, List.of(object)),
                new Look(1, sample, 0),
                into,
                0);
    for (SceneObject moved : seen.objects()) {
      boolean[] seenBits = Objects.requireNonNull(moved.mask()).bits();
      for (int i = 0; i < seenBits.length; i++) {
        int place = i / seen.width() * side + i % seen.width();
        double red =
            into[place] * Normalization.IMAGENET_STD.get(0) + Normalization.IMAGENET_MEAN.get(0);
        assertThat(Math.abs(255 * red - (seenBits[i] ? 57 : 20))).isLessThan(30);
      }
    }
    return seen;
  }

  @Test
  void tellsTheUsualSizeOfWhatTrainingSees() {
    assertThat(SceneAugmentation.usualSize(SceneRecipe.ADE20K))
        .isEqualTo(new SceneAugmentation.Size(512, 512));
    assertThat(SceneAugmentation.usualSize(SceneRecipe.COCO_1X))
        .isEqualTo(new SceneAugmentation.Size(800, 1216));
    assertThat(SceneAugmentation.usualSize(SceneRecipe.COCO_3X))
        .isEqualTo(new SceneAugmentation.Size(640, 960));
    assertThat(SceneAugmentation.side(SceneRecipe.COCO_1X)).isEqualTo(1344);
  }

  @Test
  void evaluatesWholeImagesWithinBounds() {
    var flat = new Pixels(new byte[3 * 500], 10, 50);

    assertThat(SceneTransform.of(SceneRecipe.ADE20K).size(IMAGE))
        .isEqualTo(new SceneAugmentation.Size(512, 805));
    assertThat(SceneTransform.of(SceneRecipe.ADE20K).size(IMAGE, 0.5))
        .isEqualTo(new SceneAugmentation.Size(256, 402));
    assertThat(SceneTransform.of(SceneRecipe.COCO_1X).size(flat))
        .isEqualTo(new SceneAugmentation.Size(267, 1333));
  }

  private static Pixels image(int... rgb) {
    return Pixels.ofRgb(rgb, 2, 2);
  }

  private static SceneRecipe recipe(double leastRatio, double mostRatio, double largestShare) {
    return new SceneRecipe(
        WIDTH,
        HEIGHT,
        leastRatio,
        mostRatio,
        List.of(),
        /* partProbability= */ 0,
        CROP,
        largestShare,
        /* flip= */ true,
        /* photometric= */ false);
  }

  private static Seen seen(SceneRecipe recipe, int sample) {
    return seen(IMAGE, LABELS, recipe, sample);
  }

  private static Seen seen(Pixels image, LabelMap labels, SceneRecipe recipe, int sample) {
    var into = new float[3 * PLANE + 4];
    var targets = new float[PLANE + 2];
    new SceneAugmentation(recipe, KEY)
        .apply(image, labels, IGNORED, new Look(2, sample, 0), into, 4, targets, 2);
    return new Seen(
        Arrays.copyOfRange(into, 4, into.length), Arrays.copyOfRange(targets, 2, targets.length));
  }

  /** Whether all pixels that bilinear resizing may mix are of one class. */
  private static boolean isInside(Seen seen, int row, int column) {
    for (int y = row - 2; y <= row + 2; y++) {
      for (int x = column - 2; x <= column + 2; x++) {
        boolean outside = y < 0 || y >= CROP || x < 0 || x >= CROP;
        if (outside || seen.label(y, x) != seen.label(row, column)) {
          return false;
        }
      }
    }
    return seen.label(row, column) != IGNORED;
  }

  private static void assertColour(Seen seen, int row, int column) {
    int colour = colour(seen.label(row, column));
    for (int channel = 0; channel < 3; channel++) {
      double level =
          seen.image()[channel * PLANE + row * CROP + column]
                  * Normalization.IMAGENET_STD.get(channel)
              + Normalization.IMAGENET_MEAN.get(channel);
      assertThat(Math.round(255 * level)).isEqualTo(colour >> (16 - 8 * channel) & 0xFF);
    }
  }

  private static LabelMap labels() {
    var values = new char[HEIGHT * WIDTH];
    for (int i = 0; i < values.length; i++) {
      int block = i / WIDTH / 16 * 7 + i % WIDTH / 16;
      values[i] = (char) (block % 6 == 5 ? IGNORED : block % 6);
    }
    return new LabelMap(values, HEIGHT, WIDTH);
  }

  private static Pixels painted(LabelMap labels) {
    var rgb = new int[labels.values().length];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = colour(labels.values()[i]);
    }
    return Pixels.ofRgb(rgb, labels.height(), labels.width());
  }

  private static int colour(int label) {
    return (37 * label + 20) % 256 << 16 | (91 * label + 50) % 256 << 8 | (151 * label) % 256;
  }
}
