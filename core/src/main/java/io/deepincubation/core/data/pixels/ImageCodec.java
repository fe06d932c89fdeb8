package io.deepincubation.core.data.pixels;

import io.deepincubation.core.data.pixels.ImageHeader.Kind;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Image files from and to pixels, without temporary files. */
public final class ImageCodec {

  /** Red, green and blue. */
  public static final int CHANNELS = 3;

  private static final float JPEG_QUALITY = 0.95f;

  private ImageCodec() {}

  /**
   * The pixels of a PNG or JPEG file, as Pillow's {@code convert("RGB")} gives them; of 16 bits
   * those of the high byte.
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
    if (header.kind() == Kind.PNG) {
      return PngDecoder.decode(file, part);
    }
    Optional<NativeCodec> codec = NativeCodec.get();
    if (codec.isPresent() && JpegFrame.of(file).components() < SlowJpeg.INKS) {
      return codec.get().decode(file, reduction, part);
    }
    Pixels whole = SlowJpeg.decode(file);
    return Resampling.resized(
            whole, reduced(whole.height(), reduction), reduced(whole.width(), reduction))
        .part(part, /* side= */ 1);
  }

  /** Rows or columns of a reduced image. */
  static int reduced(int size, int reduction) {
    return (size + reduction - 1) / reduction;
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
    return encode(image, kind);
  }

  static byte[] encode(BufferedImage image, Kind kind) {
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

  /** What is thrown for a file that does not tell all its pixels. */
  static IOException damaged(String how) {
    return new IOException("expected a whole image, got a damaged one: " + how);
  }
}
