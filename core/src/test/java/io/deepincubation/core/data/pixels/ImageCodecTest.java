package io.deepincubation.core.data.pixels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.testing.TestImages;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ImageCodecTest {

  @Test
  void keepsEveryByteInPng() throws IOException {
    var pixels = new Pixels(TestImages.noise(3, 3 * 5 * 7), 5, 7);

    Pixels decoded = ImageCodec.decode(ImageCodec.encodePng(pixels));

    assertThat(decoded.size()).isEqualTo("5 x 7");
    assertThat(decoded.values()).isEqualTo(pixels.values());
  }

  @Test
  void givesGreyLevelsToAllChannelsUnchanged() throws IOException {
    var image = new BufferedImage(4, 1, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSamples(0, 0, 4, 1, 0, new int[] {0, 50, 128, 255});
    var bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);

    assertThat(ImageCodec.decode(bytes.toByteArray()).values())
        .containsExactly(0, 50, 128, 255, 0, 50, 128, 255, 0, 50, 128, 255);
  }

  @Test
  void readsJpeg() throws IOException {
    var image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    var bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "jpg", bytes);

    assertThat(ImageCodec.decode(bytes.toByteArray()).size()).isEqualTo("16 x 16");
  }

  @Test
  void rejectsOtherBytes() {
    assertThatThrownBy(() -> ImageCodec.decode(new byte[] {1, 2, 3}))
        .isInstanceOf(IOException.class)
        .hasMessage("expected a PNG or JPEG file, got 3 other bytes");
  }
}
