package io.deepincubation.core.network;

/**
 * The TorchScript of a residual network's modules.
 *
 * <p>Parameters come as one list in the order of {@link ResidualNetwork#parameters}; the number of
 * blocks is read off its length, so that one program serves every depth.
 *
 * <p>In bfloat16, convolutions and what lies between them are bfloat16, while the norms' parameters
 * and the residual stream stay fp32. Features lie channels last in memory, which is a third faster
 * on a processor.
 */
final class ResidualNetworkScript {

  /** TorchScript's numbers for a type and a memory format; the programs below say 6 for fp32. */
  private static final int BFLOAT16 = 15;

  private static final int CHANNELS_LAST = 2;

  /**
   * Parameters of a convolution with its norm: filters, scale, shift, running mean and variance.
   */
  private static final int CONVOLUTION = 5;

  private static final int BLOCK = 2 * CONVOLUTION;
  private static final int PROJECTED_BLOCK = 3 * CONVOLUTION;
  private static final int HEAD_SIZE = 2;

  private static final String BLOCKS =
      """
      def convolve(self, x: Tensor, p: List[Tensor], i: int, stride: int, training: bool) -> Tensor:
        pad = torch.size(p[i], 2) // 2
        y = torch.conv2d(%1$s, %2$s, None, [stride, stride], [pad, pad])
        return torch.batch_norm(
          y, p[i + 1], p[i + 2], p[i + 3], p[i + 4], training, 0.1, 1e-05, True)

      def branch(self, x: Tensor, p: List[Tensor], i: int, stride: int, training: bool) -> Tensor:
        h = torch.relu_(self.convolve(x, p, i, stride, training))
        return self.convolve(h, p, i + 5, 1, training)

      def blocks(self, x: Tensor, p: List[Tensor], first: int, count: int, training: bool) -> Tensor:
        for j in range(count):
          x = torch.relu_(torch.add(x, self.branch(x, p, first + 10 * j, 1, training)))
        return x
      """;

  private static final String STEM =
      """
        x = torch.to(torch.relu_(self.convolve(x, p, 0, 1, training)), 6)
      """;

  private static final String PROJECTED =
      """
        shortcut = torch.to(self.convolve(x, p, 10, 2, training), 6)
        x = torch.relu_(torch.add(shortcut, self.branch(x, p, 0, 2, training)))
      """;

  private static final String HEAD =
      """
        end = len(p)
        x = torch.linear(torch.mean(x, [2, 3]), p[end - 2], p[end - 1])  # (B, C, H, W) -> (B, C)
      """;

  private final Compute compute;

  ResidualNetworkScript(Compute compute) {
    this.compute = compute;
  }

  /** The program of a module that is or is not the first, and is or is not the last. */
  String module(boolean first, boolean last) {
    int before = first ? CONVOLUTION : PROJECTED_BLOCK;
    int other = before + (last ? HEAD_SIZE : 0);
    var source = new StringBuilder(String.format(BLOCKS, cast("x"), cast("p[i]"))).append('\n');
    source.append("def forward(self, x: Tensor, p: List[Tensor], training: bool) -> Tensor:\n");
    source.append(String.format("  x = torch.contiguous(x, memory_format=%d)%n", CHANNELS_LAST));
    source.append(first ? STEM : PROJECTED);
    source.append(
        String.format(
            "  x = self.blocks(x, p, %d, (len(p) - %d) // %d, training)%n", before, other, BLOCK));
    if (last) {
      source.append(HEAD);
    }
    source.append("  return x\n\n");
    return source + method("train", "True") + "\n" + method("evaluate", "False");
  }

  private static String method(String name, String training) {
    return String.format(
        "def %s(self, x: Tensor, p: List[Tensor]) -> Tensor:%n  return self.forward(x, p, %s)%n",
        name, training);
  }

  private String cast(String tensor) {
    return compute.arithmetic() == Arithmetic.FP32
        ? tensor
        : String.format("torch.to(%s, %d)", tensor, BFLOAT16);
  }
}
