package io.deepincubation.core.network;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Windows that a large image is looked at through, one after the other; the last one of a side is
 * shifted back to end at the border.
 *
 * @param side of a window in pixels; 0 for one window, the image
 * @param stride from window to window in pixels
 */
public record SlidingWindows(int side, int stride) {

  /** The whole image at once. */
  public static final SlidingWindows WHOLE = new SlidingWindows(0, 1);

  /** Checks. */
  public SlidingWindows {
    if (side < 0 || stride < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot slide a window: expected a side from 0 and a stride from 1, got %d and %d",
              side,
              stride));
    }
  }

  /**
   * Pixels along a side that a window covers.
   *
   * @param start the first
   * @param end the one after the last
   */
  public record Span(int start, int end) {}

  /**
   * The windows of a side of an image.
   *
   * @param size of the side in pixels
   */
  public List<Span> of(int size) {
    if (side == 0 || size <= side) {
      return List.of(new Span(0, size));
    }
    int windows = (size - side + stride - 1) / stride + 1;
    return IntStream.range(0, windows)
        .map(i -> Math.min(i * stride, size - side))
        .mapToObj(start -> new Span(start, start + side))
        .toList();
  }
}
