package io.deepincubation.core.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.data.pixels.Box;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.weights.Safetensors;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares with numbers from the official PyTorch code. */
class MixTest {

  private static final Offset<Float> TOLERANCE = within(1e-6f);
  private static final int CLASSES = 10;
  private static final double SMOOTHING = 0.1;
  private static final double MIXUP_LAMBDA = 0.7;

  private static Weights golden;

  @BeforeAll
  static void readGoldenNumbers() throws IOException {
    try (InputStream stream =
        Objects.requireNonNull(MixTest.class.getResourceAsStream("/golden/mixup.safetensors"))) {
      golden = Safetensors.read(stream);
    }
  }

  @Test
  void mixesUpLikeTheOfficialCode() {
    Mix mix = new Mix.Mixup(MIXUP_LAMBDA);
    float[] images = values("x").clone();

    mix.apply(images, 4, 32);

    assertThat(images).containsExactly(values("mixup_x"), TOLERANCE);
    assertThat(mix.targets(labels(), CLASSES, SMOOTHING))
        .containsExactly(values("mixup_target"), TOLERANCE);
  }

  @Test
  void cutsAndMixesLikeTheOfficialCode() {
    Mix mix = Mix.Cutmix.around(0.6, 8, 24, 32, 32);
    float[] images = values("x").clone();

    mix.apply(images, 4, 32);

    assertThat(images).containsExactly(values("cutmix_x"), TOLERANCE);
    assertThat(mix.targets(labels(), CLASSES, SMOOTHING))
        .containsExactly(values("cutmix_target"), TOLERANCE);
  }

  @Test
  void smoothsLabelsLikeTheOfficialCode() {
    assertThat(new Mix.Unmixed().targets(labels(), CLASSES, SMOOTHING))
        .containsExactly(values("plain_target_smoothed"), TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource({
    "0.6, 8, 24, 0, 18, 14, 32, 0.68359375",
    "0.089122, 31, 11, 16, 32, 0, 26, 0.59375",
    "0.874294, 0, 19, 0, 5, 14, 24, 0.951171875",
    "0.973958, 14, 26, 12, 16, 24, 28, 0.984375",
    "0.996573, 10, 19, 10, 10, 19, 19, 1.0",
    "0.11509, 18, 0, 3, 32, 0, 15, 0.5751953125",
    "0.044368, 30, 13, 15, 32, 0, 28, 0.53515625"
  })
  void placesTheBoxLikeTheOfficialCode(
      double lambda, int y, int x, int top, int bottom, int left, int right, double corrected) {
    assertThat(Mix.Cutmix.around(lambda, y, x, 32, 32))
        .isEqualTo(new Mix.Cutmix(new Box(top, bottom, left, right), corrected));
  }

  private static float[] values(String name) {
    return golden.tensor(name).values();
  }

  private static int[] labels() {
    float[] values = values("y");
    int[] labels = new int[values.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (int) values[i];
    }
    return labels;
  }
}
