package io.deepincubation.core.script;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/** What the calling thread's device does of matrix products alone: the bound of all training. */
public final class GemmPeak {

  private static final int REPEATS = 8;
  private static final int TRIALS = 5;
  private static final int GPU_SIDE = 8192;

  private GemmPeak() {}

  /**
   * The best of a few trials with square factors. A GPU gets some that keep it busy.
   *
   * @param device where to multiply
   * @param bfloat16 whether the factors are bfloat16, else fp32
   * @param side of the factors on a processor
   * @return floating-point operations a second
   */
  public static double ofSquares(Device device, boolean bfloat16, int side) {
    int chosen = device.isGpu() ? GPU_SIDE : side;
    return flopsPerSecond(device, bfloat16, chosen, chosen, chosen);
  }

  /**
   * The best of a few trials.
   *
   * @param device where to multiply
   * @param bfloat16 whether the factors are bfloat16, else fp32
   * @param rows of the left factor
   * @param inner columns of the left factor
   * @param columns of the product
   * @return floating-point operations a second
   */
  public static double flopsPerSecond(
      Device device, boolean bfloat16, int rows, int inner, int columns) {
    String cast = bfloat16 ? "  x = torch.to(x, 15)\n  y = torch.to(y, 15)\n" : "";
    String source =
        "def multiply(self, x: Tensor, y: Tensor, times: Tensor) -> Tensor:\n"
            + cast
            + "  z = torch.linear(x, y)\n"
            + "  for i in range(int(times)):\n"
            + "    z = torch.linear(x, y)\n"
            + "  return torch.to(torch.sum(torch.select(z, 0, 0)), 6)\n";
    try (NDManager manager = TorchEngine.newManager(device);
        GradientMode mode = GradientMode.frozen()) {
      ScriptProgram program = ScriptProgram.load(manager, source);
      NDArray x = manager.randomUniform(-1, 1, new Shape(rows, inner), DataType.FLOAT32);
      NDArray y = manager.randomUniform(-1, 1, new Shape(columns, inner), DataType.FLOAT32);
      double without = Double.POSITIVE_INFINITY;
      double with = Double.POSITIVE_INFINITY;
      for (int trial = 0; trial < TRIALS; trial++) {
        without = Math.min(without, seconds(program, manager, x, y, 0));
        with = Math.min(with, seconds(program, manager, x, y, REPEATS));
      }
      double seconds = Math.max(1e-9, with - without);
      return 2.0 * rows * inner * columns * REPEATS / seconds;
    }
  }

  private static double seconds(
      ScriptProgram program, NDManager manager, NDArray x, NDArray y, int times) {
    try (NDManager call = manager.newSubManager()) {
      long start = System.nanoTime();
      var arguments = new NDList(x, y, call.create(times));
      program.call(call, "multiply", arguments).head().getFloat();
      return (System.nanoTime() - start) / 1e9;
    }
  }
}
