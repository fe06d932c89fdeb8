package io.deepincubation.core.testing;

import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.testing.PngWriter.Chunk;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** PNG files of every colour type, bit depth, transparency and interlacing, and of odd chunks. */
final class OddPngs {

  private static final int GREY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int GREY_ALPHA = 4;
  private static final int RGB_ALPHA = 6;
  private static final int HEIGHT = 11;
  private static final int WIDTH = 13;

  private OddPngs() {}

  static List<OddPicture> all() {
    var all = new ArrayList<OddPicture>();
    for (boolean interlaced : new boolean[] {false, true}) {
      addKinds(all, interlaced);
      for (int side = 1; side <= 9; side++) {
        var image = new PngWriter(RGB, 8, side, 10 - side, interlaced);
        all.add(picture(image + ", " + side + " x " + (10 - side), image, image.file()));
      }
    }
    addChunks(all);
    return all;
  }

  private static void addKinds(List<OddPicture> all, boolean interlaced) {
    for (int depth = 1; depth <= 16; depth *= 2) {
      for (int type : new int[] {GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA}) {
        boolean exists = type == GREY || (type == PALETTE ? depth <= 8 : depth >= 8);
        if (exists) {
          var image = new PngWriter(type, depth, HEIGHT, WIDTH, interlaced);
          all.add(picture(image + "", image, image.file()));
          if (type <= PALETTE) {
            byte[] file = image.file(List.of(new Chunk("tRNS", image.transparency())), List.of());
            all.add(picture(image + ", transparency", image, file));
          }
        }
      }
    }
  }

  private static void addChunks(List<OddPicture> all) {
    var image = new PngWriter(RGB, 8, HEIGHT, WIDTH, /* interlaced= */ false);
    var palette = new PngWriter(PALETTE, 8, HEIGHT, WIDTH, /* interlaced= */ false);
    for (String name : List.of("gAMA", "sBIT", "iCCP", "bKGD", "pHYs", "tIME", "eXIf", "cHRM")) {
      Chunk nonsense = new Chunk(name, "nonsense".getBytes(StandardCharsets.US_ASCII));
      all.add(picture("a chunk " + name, image, image.file(List.of(nonsense), List.of(nonsense))));
      all.add(
          picture(
              "a damaged chunk " + name,
              image,
              image.file(List.of(nonsense.damaged()), List.of(nonsense.damaged()))));
    }
    all.add(picture("a short palette", palette.withColours(40), palette.withColours(40).file()));
    all.add(picture("rows in pieces", image, image.inPieces(1)));
    all.add(picture("rows in pieces, some empty", image, image.inPieces(0)));
    byte[] file = image.file();
    all.add(picture("bytes after the end", image, Arrays.copyOf(file, file.length + 9)));
    all.add(picture("no end", image, Arrays.copyOf(file, file.length - 12)));
  }

  private static OddPicture picture(String kind, PngWriter image, byte[] file) {
    Pixels pixels = Pixels.ofRgb(image.rgb(), image.height(), image.width());
    return new OddPicture("PNG, " + kind, file, pixels);
  }
}
