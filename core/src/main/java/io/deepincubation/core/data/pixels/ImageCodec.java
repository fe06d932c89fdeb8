package io.deepincubation.core.data.pixels;

import io.deepincubation.core.data.pixels.ImageHeader.Kind;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Image files from and to pixels, without temporary files. */
public final class ImageCodec {

  /** Red, green and blue. */
  public static final int CHANNELS = 3;

  private static final float JPEG_QUALITY = 0.95f;

  private ImageCodec() {}

  /**
   * The pixels of a PNG or JPEG file; grey becomes RGB.
   *
   * @throws IOException if the bytes are no whole image
   */
  public static Pixels decode(byte[] file) throws IOException {
    ImageHeader header = ImageHeader.of(file);
    return decode(file, header, 1, Box.whole(header.height(), header.width()));
  }

  /**
   * A part of the pixels of a PNG or JPEG file, or fewer of them.
   *
   * @param header of the file
   * @param reduction 1, or 2, 4 or 8 for a JPEG file with as many times fewer rows and columns,
   *     rounded up
   * @param part of the reduced image
   * @throws IOException if the bytes are no whole image
   */
  static Pixels decode(byte[] file, ImageHeader header, int reduction, Box part)
      throws IOException {
    Optional<NativeCodec> codec = NativeCodec.get();
    if (codec.isPresent()) {
      return codec.get().decode(file, header.kind(), reduction, part);
    }
    Pixels whole = decodeInJava(file);
    return Resampling.resized(
            whole, reduced(whole.height(), reduction), reduced(whole.width(), reduction))
        .part(part, /* side= */ 1);
  }

  /** Rows or columns of a reduced image. */
  static int reduced(int size, int reduction) {
    return (size + reduction - 1) / reduction;
  }

  /** Decodes with the JDK. */
  public static Pixels decodeInJava(byte[] file) throws IOException {
    try (var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw new IOException("expected a PNG or JPEG file, got " + file.length + " other bytes");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        return pixels(reader.read(0));
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw new IOException("expected a whole image, got a damaged one", e);
      } finally {
        reader.dispose();
      }
    }
  }

  /** A PNG file of these pixels, without loss. */
  public static byte[] encodePng(Pixels pixels) {
    return encode(pixels, Kind.PNG);
  }

  /** A file of these pixels; JPEG of quality 95. */
  public static byte[] encode(Pixels pixels, Kind kind) {
    int width = pixels.width();
    var image = new BufferedImage(width, pixels.height(), BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, width, pixels.height(), pixels.rgb(), 0, width);
    var bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName(kind.name()).next();
    ImageWriteParam settings = writer.getDefaultWriteParam();
    if (kind == Kind.JPEG) {
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality(JPEG_QUALITY);
    }
    try (ImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, null), settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static Pixels pixels(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    if (isGrey(image)) {
      return grey(image.getRaster(), height, width);
    }
    return Pixels.ofRgb(image.getRGB(0, 0, width, height, null, 0, width), height, width);
  }

  /** Whether the raster holds grey levels, which {@code getRGB} would change by a gamma curve. */
  private static boolean isGrey(BufferedImage image) {
    return !(image.getColorModel() instanceof IndexColorModel)
        && image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY;
  }

  private static Pixels grey(Raster raster, int height, int width) {
    int[] levels = raster.getSamples(0, 0, width, height, 0, (int[]) null);
    int shift = raster.getSampleModel().getSampleSize(0) - Byte.SIZE;
    byte[] values = new byte[CHANNELS * levels.length];
    for (int i = 0; i < levels.length; i++) {
      byte level = (byte) (levels[i] >> Math.max(0, shift));
      values[i] = level;
      values[levels.length + i] = level;
      values[2 * levels.length + i] = level;
    }
    return new Pixels(values, height, width);
  }
}
