package io.deepincubation.core.data.augment;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.Resampling;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Holds pixels to those of Pillow, with which DeiT was trained; see {@code golden/pillow.py}. */
class PillowTest {

  private static final double[] MAGNITUDES = {1, 5, 9.3};
  private static final int[] SIGNS = {1, -1};
  private static final int[][] SIZES = {{37, 53, 16, 16}, {20, 28, 40, 44}, {64, 48, 24, 48}};

  @Test
  void operationsResamplingAndDecodingGivePillowsPixels() throws IOException {
    try (var golden = new DataInputStream(new GZIPInputStream(resource("pillow.bin.gz")))) {
      for (AugmentationOperation operation : AugmentationOperation.values()) {
        for (double magnitude : MAGNITUDES) {
          for (int sign : SIGNS) {
            Pixels image = operation.apply(picture(20, 28), magnitude, sign);
            assertPillow(operation + " " + sign * magnitude, image, golden);
          }
        }
      }
      for (int[] size : SIZES) {
        Pixels image = Resampling.resized(picture(size[0], size[1]), size[2], size[3]);
        assertPillow("resized to " + image.size(), image, golden);
      }
      for (String name : new String[] {"baseline", "progressive", "grey"}) {
        byte[] file = resource("pillow-" + name + ".jpg").readAllBytes();
        assertPillow(name, ImageCodec.decode(file), golden);
      }
      for (int[] size : SIZES) {
        Pixels image = Resampling.bilinear(picture(size[0], size[1]), size[2], size[3]);
        assertPillow("bilinear to " + image.size(), image, golden);
      }
      assertThat(golden.read()).isEqualTo(-1);
    }
  }

  private static void assertPillow(String what, Pixels image, DataInputStream golden)
      throws IOException {
    byte[] expected = golden.readNBytes(image.values().length);
    int different = 0;
    for (int i = 0; i < expected.length; i++) {
      different += expected[i] == image.values()[i] ? 0 : 1;
    }
    assertThat(different).as("values of %s that differ", what).isZero();
  }

  private static Pixels picture(int height, int width) {
    byte[] values = new byte[3 * height * width];
    for (int i = 0; i < values.length; i++) {
      int c = i / (height * width);
      int y = i / width % height;
      int x = i % width;
      int level = c * 40 + 7 * x + 5 * y + x * y % 31 * 4 + 60 * ((x / 5 + y / 4) % 2);
      values[i] = (byte) level;
    }
    return new Pixels(values, height, width);
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(PillowTest.class.getResourceAsStream("/golden/" + name), name);
  }
}
