package io.deepincubation.core.data.pixels;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.testing.OddPicture;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OddPicturesTest {

  @ParameterizedTest
  @MethodSource("io.deepincubation.core.testing.OddPicture#all")
  void haveThePixelsOfPillow(OddPicture odd) throws IOException {
    Pixels pixels = ImageCodec.decode(odd.file());

    assertThat(pixels.size()).isEqualTo(odd.pixels().size());
    assertThat(pixels.values()).isEqualTo(odd.pixels().values());
  }

  @ParameterizedTest
  @MethodSource("io.deepincubation.core.testing.OddPicture#all")
  void givePartsOfThosePixels(OddPicture odd) throws IOException {
    Picture picture = Picture.of(odd.file());
    int bottom = picture.height();
    int right = picture.width();
    var box = new Box(bottom / 3, bottom, right / 4, Math.max(1, right * 3 / 4));

    Pixels part = picture.part(box, Math.max(bottom, right));

    assertThat(part.values()).isEqualTo(odd.pixels().part(box, 1).values());
  }

  @Test
  void areMany() {
    assertThat(OddPicture.all()).hasSizeGreaterThan(150);
  }
}
