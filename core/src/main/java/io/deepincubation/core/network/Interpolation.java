package io.deepincubation.core.network;

import java.util.List;
import java.util.Locale;

/**
 * Weights of a vision transformer for another size of its images or patches: bicubic, with pixels'
 * centres at halves, a of -0.75, without antialiasing, beyond the border what lies at it.
 *
 * <p>It gives the same values on every machine, and tensors that already have the size as they are.
 */
public final class Interpolation {

  private static final double A = -0.75;
  private static final int TAPS = 4;

  /**
   * Patches of an image.
   *
   * @param height rows
   * @param width columns
   */
  public record Grid(int height, int width) {

    /** Checks. */
    public Grid {
      if (height < 1 || width < 1) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "Cannot make a grid of %d x %d patches: expected at least 1 x 1",
                height,
                width));
      }
    }

    private int patches() {
      return height * width;
    }
  }

  private Interpolation() {}

  /**
   * A position embedding for another grid. The class token's entry, the first, stays as it is.
   *
   * @param embedding 1 x (1 + patches) x D, patches row by row
   * @param from its grid
   * @param to the grid wanted
   * @return 1 x (1 + patches) x D
   * @throws IllegalArgumentException if the embedding is of another grid
   */
  public static Weights.Tensor position(Weights.Tensor embedding, Grid from, Grid to) {
    List<Long> shape = embedding.shape();
    if (shape.size() != 3 || shape.get(0) != 1 || shape.get(1) != 1L + from.patches()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot interpolate a position embedding: expected shape 1 x %d x D, got %s",
              1 + from.patches(),
              shape));
    }
    if (from.equals(to)) {
      return embedding;
    }
    int channels = Math.toIntExact(shape.get(2));
    var values = new float[(1 + to.patches()) * channels];
    System.arraycopy(embedding.values(), 0, values, 0, channels);
    for (int channel = 0; channel < channels; channel++) {
      double[] grid = take(embedding.values(), channels + channel, channels, from.patches());
      double[] resized = resize(grid, from, to);
      for (int i = 0; i < resized.length; i++) {
        values[(1 + i) * channels + channel] = (float) resized[i];
      }
    }
    return new Weights.Tensor(List.of(1L, 1L + to.patches(), (long) channels), values);
  }

  /**
   * Filters of patches for patches of another side. The values are not scaled by the patches' area.
   *
   * @param filters D x colours x side x side
   * @param side of the patches wanted, in pixels
   * @return D x colours x side x side
   * @throws IllegalArgumentException if the filters are not square
   */
  public static Weights.Tensor filters(Weights.Tensor filters, int side) {
    List<Long> shape = filters.shape();
    if (shape.size() != 4 || !shape.get(2).equals(shape.get(3))) {
      throw new IllegalArgumentException(
          "Cannot interpolate filters of patches: expected D x colours x side x side, got shape "
              + shape);
    }
    int stored = Math.toIntExact(shape.get(2));
    if (stored == side) {
      return filters;
    }
    var from = new Grid(stored, stored);
    var to = new Grid(side, side);
    int planes = Math.toIntExact(shape.get(0) * shape.get(1));
    var values = new float[planes * to.patches()];
    for (int plane = 0; plane < planes; plane++) {
      double[] each = take(filters.values(), plane * from.patches(), 1, from.patches());
      double[] resized = resize(each, from, to);
      for (int i = 0; i < resized.length; i++) {
        values[plane * resized.length + i] = (float) resized[i];
      }
    }
    return new Weights.Tensor(
        List.of(shape.get(0), shape.get(1), (long) side, (long) side), values);
  }

  private static double[] take(float[] values, int first, int step, int count) {
    var taken = new double[count];
    for (int i = 0; i < count; i++) {
      taken[i] = values[first + i * step];
    }
    return taken;
  }

  /** A plane's rows, then its columns. */
  private static double[] resize(double[] plane, Grid from, Grid to) {
    var wide = new double[from.height * to.width];
    for (int row = 0; row < from.height; row++) {
      resizeLine(plane, row * from.width, 1, from.width, wide, row * to.width, 1, to.width);
    }
    var resized = new double[to.patches()];
    for (int column = 0; column < to.width; column++) {
      resizeLine(wide, column, to.width, from.height, resized, column, to.width, to.height);
    }
    return resized;
  }

  private static void resizeLine(
      double[] line,
      int first,
      int step,
      int size,
      double[] into,
      int start,
      int stride,
      int wanted) {
    for (int i = 0; i < wanted; i++) {
      double place = (i + 0.5) * size / wanted - 0.5;
      int before = (int) Math.floor(place) - 1;
      double sum = 0;
      for (int tap = before; tap < before + TAPS; tap++) {
        int inside = Math.min(size - 1, Math.max(0, tap));
        sum += cubic(Math.abs(place - tap)) * line[first + inside * step];
      }
      into[start + i * stride] = sum;
    }
  }

  /** What a value counts at a distance, up to 2 (Keys, 1981). */
  private static double cubic(double distance) {
    double d = distance;
    return d <= 1 ? ((A + 2) * d - (A + 3)) * d * d + 1 : ((A * d - 5 * A) * d + 8 * A) * d - 4 * A;
  }
}
