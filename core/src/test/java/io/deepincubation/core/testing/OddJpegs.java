package io.deepincubation.core.testing;

import io.deepincubation.core.data.pixels.Pixels;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/** JPEG files that {@code golden/odd_jpegs.py} made with Pillow, and what Pillow makes of them. */
final class OddJpegs {

  private static final String RESOURCE = "/golden/odd-jpegs.bin.gz";

  private OddJpegs() {}

  static List<OddPicture> all() {
    var all = new ArrayList<OddPicture>();
    try (var stream = Objects.requireNonNull(OddJpegs.class.getResourceAsStream(RESOURCE));
        var golden = new DataInputStream(new GZIPInputStream(stream))) {
      for (int length = golden.read(); length >= 0; length = golden.read()) {
        all.add(next(golden, length << 24 | next24(golden)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  private static int next24(DataInputStream golden) throws IOException {
    return golden.readUnsignedByte() << 16 | golden.readUnsignedShort();
  }

  private static OddPicture next(DataInputStream golden, int length) throws IOException {
    var name = new String(golden.readNBytes(length), StandardCharsets.UTF_8);
    byte[] file = golden.readNBytes(golden.readInt());
    int height = golden.readInt();
    int width = golden.readInt();
    int[] rgb = new int[height * width];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = next24(golden);
    }
    return new OddPicture("JPEG, " + name, file, Pixels.ofRgb(rgb, height, width));
  }
}
