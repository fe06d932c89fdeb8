package io.deepincubation.core.data.pixels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.testing.TestImages;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class PixelTransformTest {

  @Test
  void leavesImagesOfTheNetworksSizeWhereTrainingSeesThemWhole() {
    Pixels image = TestImages.image(1);

    assertThat(PixelTransform.uncropped(TestImages.SIDE).square(image).values())
        .isEqualTo(image.values());
  }

  @Test
  void resizesAndCropsThemByTheSameRuleAsAllOthersWhereTrainingSeesParts() {
    Pixels image = TestImages.image(1);

    Pixels seen = PixelTransform.deit(7).square(image);

    assertThat(seen.values()).isEqualTo(image.part(new Box(0, 7, 0, 7), 7).values());
    assertThat(PixelTransform.deit(TestImages.SIDE).square(image).values())
        .isEqualTo(Resampling.resized(image, 9, 9).part(new Box(0, 8, 0, 8), 8).values());
  }

  @Test
  void cutsPartsOfPixelsOffAsTorchvisionDoes() {
    var image = new Pixels(TestImages.noise(2, 3 * 11 * 29), 11, 29);

    Pixels seen = PixelTransform.uncropped(8).square(image);

    // 29 * 8 / 11 is 21.09; the middle of 21 begins at 6.5, and a half goes to the even number
    assertThat(seen.values())
        .isEqualTo(Resampling.resized(image, 8, 21).part(new Box(0, 8, 6, 14), 8).values());
  }

  @Test
  void decodesAllOfALargeJpegFile() throws IOException {
    Pixels noise = new Pixels(TestImages.noise(3, 3 * 160 * 240), 160, 240);
    byte[] file = ImageCodec.encode(noise, ImageHeader.Kind.JPEG);

    Pixels seen = PixelTransform.uncropped(16).square(Picture.of(file));

    assertThat(seen.values())
        .isEqualTo(PixelTransform.uncropped(16).square(ImageCodec.decode(file)).values());
    assertThat(Picture.of(file).part(Box.whole(160, 240), 16).size()).isEqualTo("20 x 30");
  }

  @Test
  void tellsADamagedImage() {
    byte[] png = ImageCodec.encodePng(TestImages.image(4));
    png[png.length - 20] ^= 1;

    assertThatThrownBy(() -> PixelTransform.deit(8).values(Picture.of(png)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "expected a whole image, got a damaged one: the checksum of its chunk IDAT differs");
  }
}
