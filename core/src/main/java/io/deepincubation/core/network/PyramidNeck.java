package io.deepincubation.core.network;

import io.deepincubation.core.network.HeadWriter.Features;
import java.util.List;

/**
 * Maps of strides 4, 8, 16 and 32 from four maps of one stride.
 *
 * <p>Pools at a border take what there is, so that a map of any size has four levels.
 */
final class PyramidNeck {

  /** Patches from this side on have a stride of 16. */
  private static final int LARGE_PATCH = 12;

  private final HeadWriter writer;

  PyramidNeck(HeadWriter writer) {
    this.writer = writer;
  }

  /** Whether maps of patches of a side need two levels of twice their size each. */
  static boolean isLarge(int patch) {
    return patch >= LARGE_PATCH;
  }

  /**
   * Writes it down.
   *
   * @param taps four maps of one stride
   * @param patch side of a patch in pixels
   */
  List<Features> of(List<Features> taps, int patch) {
    return isLarge(patch) ? ofLargePatches(taps) : ofSmallPatches(taps);
  }

  private List<Features> ofLargePatches(List<Features> taps) {
    Features half = writer.doubled("neck.up4a", taps.get(0));
    Features normed = writer.norm("neck.up4n", half);
    return List.of(
        writer.doubled("neck.up4b", writer.gelu(normed)),
        writer.doubled("neck.up2", taps.get(1)),
        taps.get(2),
        writer.largest(taps.get(3), 2));
  }

  private List<Features> ofSmallPatches(List<Features> taps) {
    return List.of(
        writer.doubled("neck.up2", taps.get(0)),
        taps.get(1),
        writer.largest(taps.get(2), 2),
        writer.largest(taps.get(3), 4));
  }
}
