package io.deepincubation.core.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.data.pixels.Normalization;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.recipe.AugmentationRecipe;
import io.deepincubation.core.testing.TestImages;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AugmentationTest {

  private static final int SIDE = TestImages.SIDE;
  private static final int PLANE = SIDE * SIDE;
  private static final BatchKey KEY = new BatchKey(11, "meta", -1);
  private static final AugmentationRecipe NONE =
      new AugmentationRecipe(0, false, false, 0, 0, 0, 0, 0, 1);

  private final byte[] pixels = TestImages.image(5).values();

  @Test
  void normalisesWithTheMeansOfImageNet() {
    float[] image = apply(NONE, KEY, 0, 0);

    assertThat((double) image[3])
        .isCloseTo(((pixels[3] & 0xFF) / 255.0 - 0.485) / 0.229, within(1e-6));
    assertThat((double) image[PLANE])
        .isCloseTo(((pixels[PLANE] & 0xFF) / 255.0 - 0.456) / 0.224, within(1e-6));
    assertThat((double) image[2 * PLANE])
        .isCloseTo(((pixels[2 * PLANE] & 0xFF) / 255.0 - 0.406) / 0.225, within(1e-6));
  }

  @Test
  void shiftsAndMirrorsLikeAPlainLoop() {
    for (int top = -3; top <= 3; top++) {
      for (int left = -3; left <= 3; left++) {
        for (boolean flipped : List.of(false, true)) {
          float[] image = new float[TestImages.IMAGE_BYTES + 5];
          Pixels shifted = new Pixels(pixels, SIDE, SIDE).shifted(top, left);
          Normalization.IMAGENET.apply(flipped ? shifted.mirrored() : shifted, image, 5);
          for (int i = 0; i < TestImages.IMAGE_BYTES; i++) {
            assertThat(image[5 + i]).isEqualTo(expected(i, top, left, flipped));
          }
        }
      }
    }
  }

  @Test
  void cropsAtEveryPlaceThatThePaddingAllows() {
    var recipe = new AugmentationRecipe(1, false, false, 0, 0, 0, 0, 0, 1);
    Set<String> seen = new HashSet<>();
    for (int sample = 0; sample < 200; sample++) {
      seen.add(placeOf(apply(recipe, KEY, 0, sample)));
    }

    assertThat(seen).hasSize(9).doesNotContain("nowhere");
  }

  @Test
  void flipsHalfOfTheSamples() {
    var recipe = new AugmentationRecipe(0, false, true, 0, 0, 0, 0, 0, 1);
    float[] plain = apply(NONE, KEY, 0, 0);
    int flipped = 0;
    for (int sample = 0; sample < 1000; sample++) {
      flipped += apply(recipe, KEY, 0, sample)[0] == plain[0] ? 0 : 1;
    }

    assertThat(flipped).isBetween(440, 560);
  }

  @Test
  void erasesAsOftenAndAsMuchAsAsked() {
    int side = 32;
    byte[] black = new byte[3 * side * side];
    var augmentation =
        new Augmentation(new AugmentationRecipe(0, false, false, 0, 0, 0, 0, 0.25, 1), KEY, side);
    int erased = 0;
    for (int sample = 0; sample < 1000; sample++) {
      float[] image = new float[black.length];
      augmentation.apply(
          new Pixels(black, side, side), new Augmentation.Look(0, sample, 0), image, 0);
      int noisy = 0;
      for (int i = 0; i < side * side; i++) {
        noisy += image[i] == normal(0, (byte) 0) ? 0 : 1;
      }
      if (noisy > 0) {
        erased++;
        assertThat(noisy).isBetween((int) (0.015 * side * side), (int) (0.35 * side * side));
      }
    }

    assertThat(erased).isBetween(200, 300);
  }

  @Test
  void erasesWithStandardNormalNoise() {
    var recipe = new AugmentationRecipe(0, false, false, 0, 0, 0, 0, 1, 1);
    float[] plain = apply(NONE, KEY, 0, 0);
    double sum = 0;
    double squares = 0;
    int count = 0;
    for (int sample = 0; sample < 500; sample++) {
      float[] image = apply(recipe, KEY, 0, sample);
      for (int i = 0; i < image.length; i++) {
        if (image[i] != plain[i]) {
          sum += image[i];
          squares += image[i] * image[i];
          count++;
        }
      }
    }

    assertThat(sum / count).isCloseTo(0, within(0.03));
    assertThat(squares / count).isCloseTo(1, within(0.05));
  }

  @Test
  void resizesAPartOfALargerImage() {
    var recipe = new AugmentationRecipe(0, true, false, 0, 0, 0, 0, 0, 1);
    byte[] ramp = new byte[3 * 40 * 60];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (byte) (4 * (i % 60));
    }
    Set<Float> spans = new HashSet<>();
    for (int sample = 0; sample < 50; sample++) {
      float[] image = new float[TestImages.IMAGE_BYTES];
      new Augmentation(recipe, KEY, SIDE)
          .apply(new Pixels(ramp, 40, 60), new Augmentation.Look(0, sample, 0), image, 0);
      assertThat(image[SIDE - 1]).isGreaterThan(image[0]);
      spans.add(image[SIDE - 1] - image[0]);
    }

    assertThat(spans.size()).isGreaterThan(20);
  }

  @Test
  void saysHowToMendImagesOfAnotherSize() {
    var augmentation = new Augmentation(NONE, KEY, 32);
    var look = new Augmentation.Look(0, 0, 0);

    assertThatThrownBy(
            () -> augmentation.apply(TestImages.image(1), look, new float[3 * 32 * 32], 0))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot augment an image: expected 32 x 32 pixels, got 8 x 8; set"
                + " augmentation.resized-crop, or run `prepare` with --image-size 32");
  }

  @Test
  void appliesRandAugmentOrElseColorJitter() {
    var both = new AugmentationRecipe(0, false, false, 9, 0.4, 0, 0, 0, 1);
    var jitter = new AugmentationRecipe(0, false, false, 0, 0.4, 0, 0, 0, 1);
    float[] plain = apply(NONE, KEY, 0, 0);
    int augmented = 0;
    for (int sample = 0; sample < 1000; sample++) {
      augmented += Arrays.equals(apply(both, KEY, 0, sample), plain) ? 0 : 1;
      assertThat(apply(jitter, KEY, 0, sample)).isNotEqualTo(plain);
    }

    assertThat(augmented).isBetween(640, 790); // 3/4, less the operations that noise resists
  }

  @Test
  void drawsFromSeedStageModuleEpochAndSample() {
    var recipe = new AugmentationRecipe(4, false, true, 0, 0, 0, 0, 1, 1);
    float[] image = apply(recipe, KEY, 2, 3);

    assertThat(apply(recipe, KEY, 2, 3)).isEqualTo(image);
    assertThat(apply(recipe, new BatchKey(12, "meta", -1), 2, 3)).isNotEqualTo(image);
    assertThat(apply(recipe, new BatchKey(11, "final", -1), 2, 3)).isNotEqualTo(image);
    assertThat(apply(recipe, new BatchKey(11, "meta", 0), 2, 3)).isNotEqualTo(image);
    assertThat(apply(recipe, KEY, 1, 3)).isNotEqualTo(image);
    assertThat(apply(recipe, KEY, 2, 4)).isNotEqualTo(image);
  }

  private float[] apply(AugmentationRecipe recipe, BatchKey key, int epoch, int sample) {
    float[] image = new float[TestImages.IMAGE_BYTES];
    new Augmentation(recipe, key, SIDE)
        .apply(new Pixels(pixels, SIDE, SIDE), new Augmentation.Look(epoch, sample, 0), image, 0);
    return image;
  }

  private float expected(int index, int top, int left, boolean flipped) {
    int channel = index / PLANE;
    int y = index % PLANE / SIDE + top;
    int column = index % SIDE;
    int x = (flipped ? SIDE - 1 - column : column) + left;
    if (y < 0 || y >= SIDE || x < 0 || x >= SIDE) {
      return normal(channel, (byte) 0);
    }
    return normal(channel, pixels[channel * PLANE + y * SIDE + x]);
  }

  private static float normal(int channel, byte level) {
    byte[] values = new byte[3];
    values[channel] = level;
    float[] normal = new float[3];
    Normalization.IMAGENET.apply(new Pixels(values, 1, 1), normal, 0);
    return normal[channel];
  }

  private String placeOf(float[] image) {
    for (int top = -1; top <= 1; top++) {
      for (int left = -1; left <= 1; left++) {
        boolean here = true;
        for (int i = 0; i < image.length && here; i++) {
          here = image[i] == expected(i, top, left, false);
        }
        if (here) {
          return top + " " + left;
        }
      }
    }
    return "nowhere";
  }
}
