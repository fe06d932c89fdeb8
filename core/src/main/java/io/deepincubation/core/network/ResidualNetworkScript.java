package io.deepincubation.core.network;

import java.util.Locale;

/**
 * The TorchScript of a residual network's modules.
 *
 * <p>Parameters come as one list in the order of {@link ResidualNetwork#parameters}; the number of
 * blocks is read off its length, so that one program serves every depth.
 *
 * <p>In bfloat16, convolutions and what lies between them are bfloat16, while the norms' parameters
 * and the residual stream stay fp32. Features lie channels last in memory, which is a third faster
 * on a processor where there are enough of them.
 */
final class ResidualNetworkScript {

  /** TorchScript's numbers for a type and a memory format; the programs below say 6 for fp32. */
  private static final int BFLOAT16 = 15;

  private static final int CHANNELS_LAST = 2;

  private static final int IN_ORDER = 0;

  /** Channels of the first group below which channels last brings nothing: a vector register's. */
  private static final int FEWEST_CHANNELS = 16;

  /**
   * Parameters of a convolution with its norm: filters, scale, shift, running mean and variance.
   */
  private static final int CONVOLUTION = 5;

  private static final int BLOCK = 2 * CONVOLUTION;
  private static final int PROJECTED_BLOCK = 3 * CONVOLUTION;
  static final int HEAD_SIZE = 2;

  private static final String CONVOLUTIONS =
      """
      # i: scale, shift, running mean and variance
      def norm(self, x: Tensor, p: List[Tensor], i: int, training: bool) -> Tensor:
        return torch.batch_norm(
          x, p[i], p[i + 1], p[i + 2], p[i + 3], training, 0.1, 1e-05, True)

      def convolve(self, x: Tensor, p: List[Tensor], i: int, stride: int, training: bool) -> Tensor:
        pad = torch.size(p[i], 2) // 2
        y = torch.conv2d(%1$s, %2$s, None, [stride, stride], [pad, pad])
        return self.norm(y, p, i + 1, training)

      # 3 x 3, with bias
      def shifted(self, x: Tensor, p: List[Tensor], i: int) -> Tensor:
        return torch.conv2d(%1$s, %2$s, %3$s, [1, 1], [1, 1])
      """;

  private static final String BLOCKS =
      """
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

  /** SIDE: of the map that is convolved. */
  private static final String DGL_HEAD =
      """
        x = torch.adaptive_avg_pool2d(x, [SIDE, SIDE])
        for j in range(3):
          x = torch.relu_(self.convolve(x, p, 5 * j, 1, training))
        x = torch.adaptive_avg_pool2d(torch.to(x, 6), [2, 2])
        x = torch.flatten(x, 1)  # (B, C, 2, 2) -> (B, 4C)
        for k in range(3):
          i = 15 + 6 * k
          x = torch.relu_(self.norm(torch.linear(x, p[i], p[i + 1]), p, i + 2, training))
        x = torch.linear(x, p[33], p[34])
      """;

  private static final String INFOPRO_HEAD =
      """
        x = torch.to(torch.relu_(self.convolve(x, p, 0, 2, training)), 6)
        x = torch.relu_(torch.linear(torch.mean(x, [2, 3]), p[5], p[6]))  # (B, 128)
        x = torch.linear(x, p[7], p[8])
      """;

  /** SIDE: of the image. */
  private static final String INFOPRO_DECODER =
      """
        x = torch.upsample_bilinear2d(x, [SIDE, SIDE], True)
        x = torch.relu_(self.norm(self.shifted(x, p, 0), p, 2, training))
        x = torch.to(self.shifted(x, p, 6), 6)  # (B, C, H, W)
      """;

  private final Compute compute;
  private final int layout;

  /**
   * Programs of a network.
   *
   * @param compute where and how they run
   * @param width channels of the network's first group
   */
  ResidualNetworkScript(Compute compute, int width) {
    this.compute = compute;
    layout = width < FEWEST_CHANNELS ? IN_ORDER : CHANNELS_LAST;
  }

  /** The program of a module that is or is not the first, and is or is not the last. */
  String module(boolean first, boolean last) {
    int before = first ? CONVOLUTION : PROJECTED_BLOCK;
    int other = before + (last ? HEAD_SIZE : 0);
    String layers =
        String.format(
            Locale.ROOT,
            "  x = self.blocks(x, p, %d, (len(p) - %d) // %d, training)%n",
            before,
            other,
            BLOCK);
    String body = (first ? STEM : PROJECTED) + layers + (last ? HEAD : "");
    return BLOCKS + "\n" + program(body);
  }

  /**
   * The program of an auxiliary network.
   *
   * @param kind what it does
   * @param side of the maps that it makes of its features first
   */
  String auxiliary(AuxiliaryKind kind, int side) {
    String body =
        switch (kind) {
          case DGL_HEAD -> DGL_HEAD;
          case INFOPRO_HEAD -> INFOPRO_HEAD;
          case INFOPRO_DECODER -> INFOPRO_DECODER;
        };
    return program(body.replace("SIDE", String.valueOf(side)));
  }

  /** Lines that make a result of x, in training or not. */
  private String program(String body) {
    return String.format(Locale.ROOT, CONVOLUTIONS, cast("x"), cast("p[i]"), cast("p[i + 1]"))
        + "\ndef forward(self, x: Tensor, p: List[Tensor], training: bool) -> Tensor:\n"
        + String.format(Locale.ROOT, "  x = torch.contiguous(x, memory_format=%d)%n", layout)
        + body
        + "  return x\n\n"
        + method("train", "True")
        + "\n"
        + method("evaluate", "False");
  }

  private static String method(String name, String training) {
    return String.format(
        Locale.ROOT,
        "def %s(self, x: Tensor, p: List[Tensor]) -> Tensor:%n  return self.forward(x, p, %s)%n",
        name,
        training);
  }

  private String cast(String tensor) {
    return compute.arithmetic() == Arithmetic.FP32
        ? tensor
        : String.format(Locale.ROOT, "torch.to(%s, %d)", tensor, BFLOAT16);
  }
}
