package io.deepincubation.core.testing;

import io.deepincubation.core.data.pixels.Pixels;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** PNG files as the JDK decodes them. */
final class JdkPng {

  private JdkPng() {}

  /** The pixels, or nothing where the JDK refuses the file. */
  static Optional<Pixels> decode(byte[] file) {
    if (file.length < 2 || file[1] != 'P') {
      return Optional.empty();
    }
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(stream, true, true);
      return Optional.of(pixels(reader.read(0)));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    } finally {
      reader.dispose();
    }
  }

  private static Pixels pixels(BufferedImage image) {
    Raster raster = image.getRaster();
    int width = image.getWidth();
    int height = image.getHeight();
    int[] rgb = new int[height * width];
    for (int i = 0; i < rgb.length; i++) {
      int x = i % width;
      int y = i / width;
      rgb[i] =
          image.getColorModel() instanceof IndexColorModel ? image.getRGB(x, y) : rgb(raster, x, y);
    }
    return Pixels.ofRgb(rgb, height, width);
  }

  private static int rgb(Raster raster, int x, int y) {
    int green = raster.getNumBands() < 3 ? 0 : 1;
    return level(raster, x, y, 0) << 16
        | level(raster, x, y, green) << 8
        | level(raster, x, y, 2 * green);
  }

  /** A level, which {@code getRGB} would change by a gamma curve. */
  private static int level(Raster raster, int x, int y, int band) {
    int bits = raster.getSampleModel().getSampleSize(band);
    return raster.getSample(x, y, band) >> Math.max(0, bits - Byte.SIZE);
  }
}
