package io.deepincubation.core.data.pixels;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * libjpeg-turbo, as Leptonica's library carries it. Decodes JPEG about three times as fast as the
 * JDK, to the same pixels as Pillow, and refuses damaged files.
 *
 * <p>Every process unpacks the library for itself and deletes the file once it is loaded, so
 * executors and class loaders never get in each other's way.
 */
final class NativeCodec {

  private static final Logger LOG = LoggerFactory.getLogger(NativeCodec.class);
  private static final String RESOURCE = "/org/bytedeco/leptonica/linux-x86_64/libleptonica.so.6";

  /** Keeps Leptonica from writing to standard error. */
  private static final int SILENT = 6;

  private static final int RGB_BITS = 32;

  private static final Optional<NativeCodec> INSTANCE = load();

  private final JpegMessages messages;

  private NativeCodec(JpegMessages messages) {
    this.messages = messages;
  }

  /** The codec, or nothing on machines that it is not made for. */
  static Optional<NativeCodec> get() {
    return INSTANCE;
  }

  /** Leptonica's functions; a PIX is its image. */
  @SuppressWarnings({"checkstyle:MethodName", "UnusedVariable"})
  private static final class Leptonica {

    static native int setMsgSeverity(int severity);

    static native Pointer pixReadMemJpeg(
        byte[] file,
        NativeLong length,
        int colorMap,
        int reduction,
        IntByReference warnings,
        int hint);

    static native Pointer pixConvertTo32(Pointer pix);

    static native int pixGetDepth(Pointer pix);

    static native int pixGetWidth(Pointer pix);

    static native int pixGetHeight(Pointer pix);

    static native Pointer pixGetData(Pointer pix);

    static native void pixDestroy(PointerByReference pix);
  }

  /**
   * The pixels of a JPEG file of grey or RGB.
   *
   * @param reduction 1, or 2, 4 or 8 for as many times fewer rows and columns
   * @param part of the reduced image
   * @throws IOException if the file is damaged
   */
  Pixels decode(byte[] file, int reduction, Box part) throws IOException {
    messages.clear();
    Pointer read =
        Leptonica.pixReadMemJpeg(
            file, new NativeLong(file.length), 0, reduction, new IntByReference(), 0);
    Optional<String> damage = messages.damage();
    if (read == null || damage.isPresent()) {
      Leptonica.pixDestroy(new PointerByReference(read));
      throw ImageCodec.damaged(damage.orElse("it is of a kind that libjpeg does not decode"));
    }
    Pointer rgb = Leptonica.pixGetDepth(read) == RGB_BITS ? read : converted(read);
    try {
      return pixels(rgb, part);
    } finally {
      Leptonica.pixDestroy(new PointerByReference(rgb));
    }
  }

  /** An image of grey levels as RGB; the given one is freed. */
  private static Pointer converted(Pointer read) throws IOException {
    Pointer rgb = Leptonica.pixConvertTo32(read);
    Leptonica.pixDestroy(new PointerByReference(read));
    if (rgb == null) {
      throw new IOException("expected an image of grey or RGB pixels, got one of another kind");
    }
    return rgb;
  }

  /** Splits words of red, green, blue and alpha bytes, red highest. */
  private static Pixels pixels(Pointer pix, Box part) throws IOException {
    int pixWidth = Leptonica.pixGetWidth(pix);
    int pixHeight = Leptonica.pixGetHeight(pix);
    if (part.right() > pixWidth || part.bottom() > pixHeight) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "expected the %d x %d pixels of the file's header or more, got %d x %d",
              part.bottom(),
              part.right(),
              pixHeight,
              pixWidth));
    }
    Pointer data = Leptonica.pixGetData(pix);
    int height = part.bottom() - part.top();
    int width = part.right() - part.left();
    int plane = height * width;
    byte[] values = new byte[ImageCodec.CHANNELS * plane];
    int[] words = new int[width];
    for (int y = 0; y < height; y++) {
      long first = (long) (part.top() + y) * pixWidth + part.left();
      data.read(first * Integer.BYTES, words, 0, width);
      split(words, values, y * width, plane);
    }
    return new Pixels(values, height, width);
  }

  private static void split(int[] words, byte[] values, int start, int plane) {
    for (int x = 0; x < words.length; x++) {
      int word = words[x];
      values[start + x] = (byte) (word >> 24);
      values[start + plane + x] = (byte) (word >> 16);
      values[start + 2 * plane + x] = (byte) (word >> 8);
    }
  }

  private static Optional<NativeCodec> load() {
    String machine = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    if (!machine.toLowerCase(Locale.ROOT).equals("linux amd64")) {
      LOG.warn("Decoding images with the JDK, which is slow: no native codec for {}", machine);
      return Optional.empty();
    }
    try {
      Path file = unpack();
      JpegMessages messages;
      try {
        NativeLibrary library = NativeLibrary.getInstance(file.toString());
        Native.register(Leptonica.class, library);
        messages = new JpegMessages(file, library);
      } finally {
        Files.deleteIfExists(file);
      }
      Leptonica.setMsgSeverity(SILENT);
      return Optional.of(new NativeCodec(messages));
    } catch (IOException | LinkageError e) {
      LOG.warn("Decoding images with the JDK, which is slow: cannot load the native codec", e);
      return Optional.empty();
    }
  }

  private static Path unpack() throws IOException {
    try (InputStream library = NativeCodec.class.getResourceAsStream(RESOURCE)) {
      if (library == null) {
        throw new FileNotFoundException("no " + RESOURCE + " on the class path");
      }
      Path file = Files.createTempFile("deep-incubation-codec-", ".so");
      Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    }
  }
}
