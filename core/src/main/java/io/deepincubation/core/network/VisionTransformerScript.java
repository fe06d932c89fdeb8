package io.deepincubation.core.network;

import java.util.Locale;

/**
 * The TorchScript of a vision transformer's modules.
 *
 * <p>Parameters come as one list in the order of {@link VisionTransformer#parameters}; the number
 * of layers is read off its length, so that one program serves every depth.
 *
 * <p>In bfloat16, products and what lies between them are bfloat16, while the residual stream and
 * the norms stay fp32. Short sequences on a processor multiply out the attention matrix; a GPU uses
 * the fused kernel.
 */
final class VisionTransformerScript {

  /** TorchScript's numbers for types. */
  private static final int FLOAT32 = 6;

  private static final int BFLOAT16 = 15;

  private static final int EMBEDDING_PARAMETERS = 4;
  private static final int HEAD_PARAMETERS = 4;

  private static final String FORWARD =
      """
      def evaluate(self, x: Tensor, keep: Tensor, p: List[Tensor]) -> Tensor:
        return %s

      def train(self, x: Tensor, keep: Tensor, p: List[Tensor]) -> Tensor:
        return self.evaluate(x, keep, p)
      """;

  private static final String LAYERS =
      """
      def linear(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return torch.linear(%1$s)

      def attention(self, x: Tensor, p: List[Tensor], i: int) -> Tensor:
        B = torch.size(x, 0)
        N = torch.size(x, 1)
        # (B, N, 3D) -> (3, B, heads, N, D / heads)
        split = torch.view(self.linear(x, p[i], p[i + 1]), [B, N, 3, %2$d, %3$d])
        qkv = torch.contiguous(torch.permute(split, [2, 0, 3, 1, 4]))
        q = torch.select(qkv, 0, 0)
        k = torch.select(qkv, 0, 1)
        v = torch.select(qkv, 0, 2)
        # (B, heads, N, D / heads)
        mixed = %4$s
        # (B, heads, N, D / heads) -> (B, N, D)
        joined = torch.reshape(torch.transpose(mixed, 1, 2), [B, N, %5$d])
        return self.linear(joined, p[i + 2], p[i + 3])

      def mlp(self, x: Tensor, p: List[Tensor], i: int) -> Tensor:
        hidden = torch.gelu(self.linear(x, p[i], p[i + 1]))  # (B, N, 4D)
        return self.linear(hidden, p[i + 2], p[i + 3])

      def residual(self, x: Tensor, branch: Tensor, keep: Tensor, row: int) -> Tensor:
        if torch.gt(torch.size(keep, 0), 0):
          scale = torch.view(torch.select(keep, 0, row), [-1, 1, 1])
          y = torch.addcmul(x, torch.to(branch, %7$d), scale)
        else:
          y = torch.add(x, branch)
        return y

      def norm(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return torch.layer_norm(x, [%5$d], weight, bias, %6$s)

      def layers(self, x: Tensor, keep: Tensor, p: List[Tensor], first: int, count: int) -> Tensor:
        for j in range(count):
          i = first + 12 * j
          h = self.attention(self.norm(x, p[i], p[i + 1]), p, i + 2)
          x = self.residual(x, h, keep, 2 * j)
          h = self.mlp(self.norm(x, p[i + 6], p[i + 7]), p, i + 8)
          x = self.residual(x, h, keep, 2 * j + 1)
        return x
      """;

  private static final String MULTIPLIED_ATTENTION =
      "torch.matmul(torch.softmax(torch.matmul(torch.mul(q, %s), torch.transpose(k, -2, -1)), -1),"
          + " v)";

  private static final String FUSED_ATTENTION = "torch.scaled_dot_product_attention(q, k, v)";

  private static final String EMBEDDING =
      """
      def embed(self, x: Tensor, p: List[Tensor]) -> Tensor:
        patches = torch.conv2d(x, p[2], p[3], [%1$d, %1$d])
        tokens = torch.transpose(torch.flatten(patches, 2, -1), 1, 2)  # (B, N - 1, D)
        start = torch.expand(p[0], [torch.size(x, 0), -1, -1])
        return torch.add(torch.cat([start, tokens], 1), p[1])

      """;

  private static final String HEAD =
      """
      def classify(self, x: Tensor, p: List[Tensor]) -> Tensor:
        end = len(p)
        token = torch.select(self.norm(x, p[end - 4], p[end - 3]), 1, 0)
        return torch.linear(token, p[end - 2], p[end - 1])

      """;

  private final VisionTransformer model;
  private final Compute compute;

  VisionTransformerScript(VisionTransformer model, Compute compute) {
    this.model = model;
    this.compute = compute;
  }

  /** The program of a module that is or is not the first, and is or is not the last. */
  String module(boolean first, boolean last) {
    int embedded = first ? EMBEDDING_PARAMETERS : 0;
    int other = embedded + (last ? HEAD_PARAMETERS : 0);
    String input = first ? "self.embed(x, p)" : "x";
    String layers =
        String.format("self.layers(%s, keep, p, %d, (len(p) - %d) // 12)", input, embedded, other);
    String output = last ? "self.classify(" + layers + ", p)" : layers;
    return layers()
        + "\n"
        + (first ? String.format(EMBEDDING, model.patch()) : "")
        + (last ? HEAD : "")
        + String.format(FORWARD, output);
  }

  private String layers() {
    int headWidth = model.width() / model.heads();
    String attention =
        compute.device().isGpu()
            ? FUSED_ATTENTION
            : String.format(Locale.ROOT, MULTIPLIED_ATTENTION, 1 / Math.sqrt(headWidth));
    return String.format(
        Locale.ROOT,
        LAYERS,
        linearArguments(),
        model.heads(),
        headWidth,
        attention,
        model.width(),
        model.epsilon(),
        FLOAT32);
  }

  private String linearArguments() {
    if (compute.arithmetic() == Arithmetic.FP32) {
      return "x, weight, bias";
    }
    return String.format(
        "torch.to(x, %1$d), torch.to(weight, %1$d), torch.to(bias, %1$d)", BFLOAT16);
  }
}
