package io.deepincubation.core.testing;

import io.deepincubation.core.data.pixels.Pixels;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of a rare kind.
 *
 * @param name tells the kind
 * @param file a PNG or JPEG file
 * @param pixels what Pillow makes of it, of 16 bits the high byte
 */
public record OddPicture(String name, byte[] file, Pixels pixels) {

  /** All of them. */
  public static List<OddPicture> all() {
    var all = new ArrayList<OddPicture>();
    all.addAll(OddPngs.all());
    all.addAll(OddJpegs.all());
    return all;
  }
}
