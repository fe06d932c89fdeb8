package io.deepincubation.core.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.script.ScriptProgram;

/**
 * Maps of other sizes: bilinear and bicubic with pixels' centres at halves, and adaptive average
 * pools.
 *
 * <p>All of them are products with two small matrices, one of rows and one of columns. So are their
 * gradients, and a GPU gives the same bits again, which it does not by libtorch's own operators.
 */
public final class Resizing {

  /** Methods of programs: {@code bilinear}, {@code bicubic} and {@code pooled}. */
  static final String SOURCE =
      """
      # x: (B, C, h, w), rows: (H, h), columns: (W, w) -> (B, C, H, W)
      def resample(self, x: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
        wide = torch.transpose(torch.linear(x, columns), 2, 3)
        return torch.transpose(torch.linear(wide, rows), 2, 3)

      def places(self, wanted: int, size: int, like: Tensor) -> Tensor:
        to = torch.add(torch.arange(wanted, dtype=6, device=like.device), 0.5)
        return torch.unsqueeze(torch.sub(torch.mul(to, size / wanted), 0.5), 1)

      # -> (wanted, size)
      def lines(self, wanted: int, size: int, like: Tensor) -> Tensor:
        place = torch.clamp(self.places(wanted, size, like), 0, size - 1)
        distance = torch.abs(torch.sub(place, torch.arange(size, dtype=6, device=like.device)))
        return torch.relu(torch.rsub(distance, 1))

      def bilinear(self, x: Tensor, h: int, w: int) -> Tensor:
        if torch.eq(torch.size(x, 2), h) and torch.eq(torch.size(x, 3), w):
          y = x
        else:
          rows = self.lines(h, torch.size(x, 2), x)
          y = self.resample(x, rows, self.lines(w, torch.size(x, 3), x))
        return y

      # What lies beyond the border counts for the border -> (wanted, size)
      def cubics(self, wanted: int, size: int, like: Tensor) -> Tensor:
        beyond = torch.sub(torch.arange(size + 4, dtype=6, device=like.device), 2)
        d = torch.abs(torch.sub(self.places(wanted, size, like), beyond))
        near = torch.add(torch.mul(torch.mul(torch.sub(torch.mul(d, 1.25), 2.25), d), d), 1)
        far = torch.mul(torch.sub(torch.mul(torch.add(torch.mul(d, -0.75), 3.75), d), 6), d)
        some = torch.where(torch.le(d, 2), torch.add(far, 3), torch.zeros_like(d))
        weights = torch.where(torch.le(d, 1), near, some)
        border = torch.unsqueeze(torch.clamp(beyond, 0, size - 1), 1)
        same = torch.eq(border, torch.arange(size, dtype=6, device=like.device))
        return torch.matmul(weights, torch.to(same, 6))

      def bicubic(self, x: Tensor, h: int, w: int) -> Tensor:
        rows = self.cubics(h, torch.size(x, 2), x)
        return self.resample(x, rows, self.cubics(w, torch.size(x, 3), x))

      # -> (wanted, size)
      def averages(self, wanted: int, size: int, like: Tensor) -> Tensor:
        to = torch.unsqueeze(torch.arange(wanted, dtype=6, device=like.device), 1)
        first = torch.floor(torch.div(torch.mul(to, size), wanted))
        last = torch.ceil(torch.div(torch.mul(torch.add(to, 1), size), wanted))
        from = torch.arange(size, dtype=6, device=like.device)
        inside = torch.logical_and(torch.ge(from, first), torch.lt(from, last))
        return torch.div(torch.to(inside, 6), torch.sub(last, first))

      # -> (B, C, side, side)
      def pooled(self, x: Tensor, side: int) -> Tensor:
        rows = self.averages(side, torch.size(x, 2), x)
        return self.resample(x, rows, self.averages(side, torch.size(x, 3), x))
      """;

  private static final String CALLS =
      """

      def to_bilinear(self, x: Tensor, like: Tensor) -> Tensor:
        return self.bilinear(x, torch.size(like, 1), torch.size(like, 2))

      # Columns alone
      def to_wide(self, x: Tensor, like: Tensor) -> Tensor:
        return torch.linear(x, self.lines(torch.size(like, 2), torch.size(x, 3), x))

      # Some rows, of (0, from, to)
      def to_rows(self, wide: Tensor, like: Tensor, some: Tensor) -> Tensor:
        rows = self.lines(torch.size(like, 1), torch.size(wide, 2), wide)
        own = torch.slice(rows, 0, torch.size(some, 1), torch.size(some, 2))
        return torch.transpose(torch.linear(torch.transpose(wide, 2, 3), own), 2, 3)

      def to_bicubic(self, x: Tensor, like: Tensor) -> Tensor:
        return self.bicubic(x, torch.size(like, 1), torch.size(like, 2))

      def to_pooled(self, x: Tensor, like: Tensor) -> Tensor:
        return self.pooled(x, torch.size(like, 1))
      """;

  /** Values of resized maps that are there at once, where they are used row by row. */
  static final int MOST_VALUES = 1 << 24;

  private final ScriptProgram program;

  /** Uses some rows of resized maps. */
  @FunctionalInterface
  interface Rows {

    /**
     * Uses them.
     *
     * @param first the first row
     * @param rows B x C x rows x width, freed afterwards
     */
    void use(int first, NDArray rows);
  }

  /**
   * Compiles them.
   *
   * @param manager where they live, until it is closed
   */
  public Resizing(NDManager manager) {
    program = ScriptProgram.load(manager, SOURCE + CALLS);
  }

  /**
   * Bilinear maps; those that have the size as they are.
   *
   * @param maps B x C x h x w, fp32
   * @param height of the maps wanted
   * @param width of the maps wanted
   * @return B x C x height x width, in the manager of the maps
   */
  public NDArray bilinear(NDArray maps, int height, int width) {
    return call("to_bilinear", maps, height, width);
  }

  /**
   * Bilinear maps a part at a time, so that memory does not grow with them.
   *
   * @param maps B x C x h x w, fp32
   * @param height of the maps wanted
   * @param width of the maps wanted
   * @param most values of a part, which has one row at least
   * @param work gets the parts from above
   */
  void bilinear(NDArray maps, int height, int width, int most, Rows work) {
    long rowValues = maps.getShape().get(0) * maps.getShape().get(1) * width;
    int atOnce = (int) Math.max(1, most / rowValues);
    if (atOnce >= height) {
      try (NDManager part = maps.getManager().newSubManager()) {
        work.use(0, resized("to_bilinear", maps, height, width, part));
      }
      return;
    }
    try (NDManager all = maps.getManager().newSubManager()) {
      NDArray wide = resized("to_wide", maps, height, width, all);
      for (int first = 0; first < height; first += atOnce) {
        try (NDManager part = all.newSubManager()) {
          Shape some = new Shape(0, first, Math.min(height, first + atOnce));
          NDArray like = part.create(new Shape(0, height, width));
          var arguments = new NDList(wide, like, part.create(some));
          work.use(first, program.call(part, "to_rows", arguments).head());
        }
      }
    }
  }

  /** Bicubic maps, with a of -0.75, without antialiasing. */
  NDArray bicubic(NDArray maps, int height, int width) {
    return call("to_bicubic", maps, height, width);
  }

  /** Averages of side x side parts, which overlap where the side does not divide the maps'. */
  NDArray pooled(NDArray maps, int side) {
    return call("to_pooled", maps, side, side);
  }

  private NDArray call(String method, NDArray maps, int height, int width) {
    return resized(method, maps, height, width, maps.getManager());
  }

  private NDArray resized(String method, NDArray maps, int height, int width, NDManager manager) {
    NDArray like = manager.create(new Shape(0, height, width));
    return program.call(manager, method, new NDList(maps, like)).head();
  }
}
