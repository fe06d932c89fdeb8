package io.deepincubation.core.data.pixels;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.testing.TestImages;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ResamplingTest {

  @Test
  void keepsAnImageOfTheWantedSize() {
    Pixels image = TestImages.image(1);

    assertThat(Resampling.squareOf(image, TestImages.SIDE).values()).isEqualTo(image.values());
  }

  @Test
  void keepsAnEvenColourWhenShrinkingAndGrowing() {
    byte[] even = new byte[3 * 30 * 20];
    Arrays.fill(even, (byte) 200);
    var image = new Pixels(even, 30, 20);

    for (int side : new int[] {7, 20, 50}) {
      Pixels square = Resampling.squareOf(image, side);
      assertThat(square.size()).isEqualTo(side + " x " + side);
      assertThat(square.values()).containsOnly(200);
    }
  }

  @Test
  void averagesFineTextureAway() {
    byte[] stripes = new byte[3 * 64 * 64];
    for (int i = 0; i < stripes.length; i++) {
      stripes[i] = (byte) (i % 2 == 0 ? 0 : 200);
    }

    byte[] shrunk = Resampling.squareOf(new Pixels(stripes, 64, 64), 8).values();

    for (byte value : shrunk) {
      assertThat(value & 0xFF).isBetween(90, 110);
    }
  }

  @Test
  void takesTheMiddleOfAWideImage() {
    byte[] ramp = new byte[3 * 2 * 6];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (byte) (i % 6);
    }

    assertThat(Resampling.squareOf(new Pixels(ramp, 2, 6), 2).values())
        .containsExactly(2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3);
  }
}
