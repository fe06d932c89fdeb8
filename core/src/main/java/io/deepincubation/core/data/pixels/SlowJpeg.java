package io.deepincubation.core.data.pixels;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * JPEG files by the JDK's libjpeg: those of four inks, which Leptonica rounds otherwise than
 * Pillow, and all on machines that the native codec is not made for.
 */
public final class SlowJpeg {

  /** Samples of a pixel of cyan, magenta, yellow and black. */
  static final int INKS = 4;

  private SlowJpeg() {}

  /**
   * Decodes a file.
   *
   * @throws IOException if it is damaged
   */
  public static Pixels decode(byte[] file) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
    try (var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      var warnings = new ArrayList<String>();
      reader.setInput(stream, true, true);
      reader.addIIOReadWarningListener((from, warning) -> warnings.add(warning));
      Pixels pixels = decode(reader, JpegFrame.of(file));
      for (String warning : warnings) {
        if (JpegMessages.losesPixels(warning)) {
          throw ImageCodec.damaged(warning);
        }
      }
      return pixels;
    } catch (IIOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw ImageCodec.damaged(String.valueOf(e.getMessage()));
    } finally {
      reader.dispose();
    }
  }

  private static Pixels decode(ImageReader reader, JpegFrame frame) throws IOException {
    return switch (frame.components()) {
      case 1 -> grey(reader.readRaster(0, null));
      case INKS -> inks(reader.readRaster(0, null), frame.transformed());
      default -> colours(reader.read(0));
    };
  }

  private static Pixels colours(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    return Pixels.ofRgb(image.getRGB(0, 0, width, height, null, 0, width), height, width);
  }

  private static Pixels grey(Raster raster) {
    int[] levels = band(raster, 0);
    byte[] values = new byte[ImageCodec.CHANNELS * levels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) levels[i % levels.length];
    }
    return new Pixels(values, raster.getHeight(), raster.getWidth());
  }

  /** Light that the inks leave; files hold how much of it, not how much ink, as Adobe does. */
  private static Pixels inks(Raster raster, boolean transformed) {
    int[] black = band(raster, 3);
    int[][] light = {band(raster, 0), band(raster, 1), band(raster, 2)};
    if (transformed) {
      fromBrightness(light);
    }
    byte[] values = new byte[ImageCodec.CHANNELS * black.length];
    for (int channel = 0; channel < ImageCodec.CHANNELS; channel++) {
      for (int i = 0; i < black.length; i++) {
        int taken = share(255 - light[channel][i], black[i]);
        values[channel * black.length + i] = (byte) (black[i] - taken);
      }
    }
    return new Pixels(values, raster.getHeight(), raster.getWidth());
  }

  /** a b / 255, rounded. */
  private static int share(int a, int b) {
    int product = a * b + 128;
    return ((product >> 8) + product) >> 8;
  }

  /** Brightness and chroma to the inks' values, in libjpeg's whole numbers. */
  private static void fromBrightness(int[][] planes) {
    for (int i = 0; i < planes[0].length; i++) {
      int y = planes[0][i];
      int blue = planes[1][i] - 128;
      int red = planes[2][i] - 128;
      planes[0][i] = clipped(255 - (y + rounded(91_881 * red)));
      planes[1][i] = clipped(255 - (y + rounded(-22_554 * blue - 46_802 * red)));
      planes[2][i] = clipped(255 - (y + rounded(116_130 * blue)));
    }
  }

  private static int rounded(int of65536) {
    return (of65536 + 32_768) >> 16;
  }

  private static int clipped(int level) {
    return Math.max(0, Math.min(255, level));
  }

  private static int[] band(Raster raster, int number) {
    return raster.getSamples(0, 0, raster.getWidth(), raster.getHeight(), number, (int[]) null);
  }
}
