package io.deepincubation.core.advice;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.data.set.ImageSizes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokensTest {

  @ParameterizedTest
  @CsvSource({
    "32, 32, 4, 32, 8, 16",
    "32, 32, 8, 32, 4, 64",
    "28, 28, 4, 28, 7, 16",
    "28, 28, 8, 28, 4, 49",
    "29, 29, 4, 28, 7, 16",
    "4, 4, 8, 4, 1, 16",
    "64, 64, 8, 64, 8, 64",
    "96, 96, 8, 96, 12, 64",
    "256, 500, 8, 128, 16, 64",
    "256, 500, 14, 224, 16, 196",
    "20, 500, 8, 64, 8, 64"
  })
  void makesPatchesOfImages(
      int shorter, int longer, int wanted, int image, int patch, int patches) {
    Tokens tokens = Tokens.of(new ImageSizes(shorter, longer, shorter, longer), wanted);

    assertThat(tokens).isEqualTo(new Tokens(image, patch));
    assertThat(tokens.count()).isEqualTo(patches);
    assertThat(image % patch).isZero();
  }
}
