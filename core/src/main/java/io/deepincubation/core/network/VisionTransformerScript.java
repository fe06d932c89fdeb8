package io.deepincubation.core.network;

import java.util.Locale;

/**
 * The TorchScript of a vision transformer's forward pass.
 *
 * <p>Parameters of a module come as one list in the order of {@link VisionTransformer#parameters};
 * the number of layers is read off its length, so that one program serves every depth.
 *
 * <p>In bfloat16, products and what lies between them are bfloat16, while the residual stream and
 * the norms stay fp32. Short sequences on a processor multiply out the attention matrix; a GPU uses
 * the fused kernel. Only the class token leaves the last layer, so nothing else is computed there:
 * its keys and values see all tokens, its query, projection and MLP only that one.
 *
 * <p>Branches return, beside their result, what a gradient needs of them; {@link
 * VisionTransformerGradients} reads it.
 */
final class VisionTransformerScript {

  /** TorchScript's numbers for types. */
  static final int FLOAT32 = 6;

  static final int BFLOAT16 = 15;

  static final int EMBEDDING_PARAMETERS = 4;
  static final int HEAD_PARAMETERS = 4;

  private static final String FORWARD =
      """
      def evaluate(self, x: Tensor, keep: Tensor, p: List[Tensor]) -> Tensor:
        return %s

      def train(self, x: Tensor, keep: Tensor, p: List[Tensor]) -> Tensor:
        return self.evaluate(x, keep, p)
      """;

  /** Words in capitals are replaced by {@link #fill}. */
  private static final String LAYERS =
      """
      def linear(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return torch.linear(x, torch.to(weight, TYPE), torch.to(bias, TYPE))

      # (B, N, parts D) -> (parts, B heads, N, D / heads)
      def split(self, x: Tensor, parts: int) -> Tensor:
        B = torch.size(x, 0)
        N = torch.size(x, 1)
        apart = torch.permute(torch.view(x, [B, N, parts, HEADS, HEAD]), [2, 0, 3, 1, 4])
        return torch.view(torch.contiguous(apart), [parts, torch.mul(B, HEADS), N, HEAD])

      # (parts, B heads, N, D / heads) -> (B, N, parts D)
      def join(self, x: Tensor, parts: int) -> Tensor:
        N = torch.size(x, -2)
        apart = torch.view(x, [parts, -1, HEADS, N, HEAD])
        together = torch.permute(apart, [1, 3, 0, 2, 4])
        return torch.reshape(together, [-1, N, torch.mul(parts, WIDTH)])

      # q: (B heads, M, D / heads), k: (B heads, N, D / heads) -> (B heads, M, N)
      def weigh(self, q: Tensor, k: Tensor) -> Tensor:
        unused = torch.empty([1, 1, 1], dtype=TYPE, device=q.device)
        scores = torch.baddbmm(unused, q, torch.transpose(k, 1, 2), beta=0, alpha=SCALE)
        return torch.softmax(scores, -1)

      # x: (B, N, D), i: first parameter of the layer
      def attention(self, x: Tensor, p: List[Tensor], i: int) -> Tuple[Tensor, List[Tensor]]:
        normed, mean, spread = torch.native_layer_norm(x, [WIDTH], p[i], p[i + 1], EPSILON)
        h = torch.to(normed, TYPE)
        qkv = self.split(self.linear(h, p[i + 2], p[i + 3]), 3)
        q = torch.select(qkv, 0, 0)
        k = torch.select(qkv, 0, 1)
        v = torch.select(qkv, 0, 2)
        ATTENTION
        joined = self.join(mixed, 1)
        y = self.linear(joined, p[i + 4], p[i + 5])
        return (y, [x, mean, spread, qkv, weights, h, joined])

      # x: (B, N, D) -> the class token's branch, (B, D)
      def class_attention(self, x: Tensor, p: List[Tensor], i: int) -> Tuple[Tensor, List[Tensor]]:
        normed, mean, spread = torch.native_layer_norm(x, [WIDTH], p[i], p[i + 1], EPSILON)
        h = torch.to(normed, TYPE)
        token = torch.contiguous(torch.select(h, 1, 0))
        weight_q, weight_kv = torch.split_with_sizes(p[i + 2], [WIDTH, DOUBLE_WIDTH], 0)
        bias_q, bias_kv = torch.split_with_sizes(p[i + 3], [WIDTH, DOUBLE_WIDTH], 0)
        q = torch.reshape(self.linear(token, weight_q, bias_q), [-1, 1, HEAD])
        kv = self.split(self.linear(h, weight_kv, bias_kv), 2)
        weights = self.weigh(q, torch.select(kv, 0, 0))
        joined = torch.view(torch.bmm(weights, torch.select(kv, 0, 1)), [-1, WIDTH])
        y = self.linear(joined, p[i + 4], p[i + 5])
        return (y, [x, mean, spread, q, kv, weights, h, token, joined])

      # x: (B, N, D) or the class token, (B, D)
      def mlp(self, x: Tensor, p: List[Tensor], i: int) -> Tuple[Tensor, List[Tensor]]:
        normed, mean, spread = torch.native_layer_norm(x, [WIDTH], p[i], p[i + 1], EPSILON)
        h = torch.to(normed, TYPE)
        hidden = self.linear(h, p[i + 2], p[i + 3])  # (B, N, 4D)
        active = torch.gelu(hidden)
        y = self.linear(active, p[i + 4], p[i + 5])
        return (y, [x, mean, spread, hidden, h, active])
      """;

  private static final String MULTIPLIED_ATTENTION =
      """
      weights = self.weigh(q, k)
        mixed = torch.bmm(weights, v)\
      """;

  private static final String FUSED_ATTENTION =
      """
      heads = [-1, HEADS, torch.size(x, 1), HEAD]
        fused = torch.scaled_dot_product_attention(
          torch.view(q, heads), torch.view(k, heads), torch.view(v, heads))
        weights = mean  # stays inside the kernel
        mixed = torch.reshape(fused, [-1, torch.size(x, 1), HEAD])\
      """;

  private static final String COMPOSED =
      """
      def residual(self, x: Tensor, branch: Tensor, keep: Tensor, row: int) -> Tensor:
        if torch.gt(torch.size(keep, 0), 0):
          kept = torch.to(torch.select(keep, 0, row), FLOAT)
          shape = [-1, 1] if torch.eq(torch.dim(x), 2) else [-1, 1, 1]
          scale = torch.view(kept, shape)
          y = torch.addcmul(x, torch.to(branch, FLOAT), scale)
        else:
          y = torch.add(x, branch)
        return y

      def layers(self, x: Tensor, keep: Tensor, p: List[Tensor], first: int, count: int) -> Tensor:
        for j in range(count):
          i = first + 12 * j
          h, unused = self.attention(x, p, i)
          x = self.residual(x, h, keep, 2 * j)
          h, unused = self.mlp(x, p, i + 6)
          x = self.residual(x, h, keep, 2 * j + 1)
        return x

      def class_layer(self, x: Tensor, keep: Tensor, p: List[Tensor], i: int, j: int) -> Tensor:
        h, unused = self.class_attention(x, p, i)
        x = self.residual(torch.contiguous(torch.select(x, 1, 0)), h, keep, 2 * j)
        h, unused = self.mlp(x, p, i + 6)
        return self.residual(x, h, keep, 2 * j + 1)
      """;

  static final String EMBEDDING =
      """
      # (B, C, H, W) -> (B (N - 1), C P P)
      def patches(self, x: Tensor) -> Tensor:
        B = torch.size(x, 0)
        cut = torch.view(x, [B, 3, SIDE, PATCH, SIDE, PATCH])
        rows = torch.reshape(torch.permute(cut, [0, 2, 4, 1, 3, 5]), [-1, PATCH_VALUES])
        return torch.to(rows, TYPE)

      def embed(self, patches: Tensor, p: List[Tensor]) -> Tensor:
        filters = torch.view(p[2], [WIDTH, PATCH_VALUES])
        tokens = torch.view(self.linear(patches, filters, p[3]), [-1, PATCHES, WIDTH])
        B = torch.size(tokens, 0)
        start = torch.expand(p[0], [B, -1, -1])
        return torch.add(torch.cat([start, torch.to(tokens, FLOAT)], 1), p[1])
      """;

  static final String HEAD =
      """
      # x: (B, D)
      def classify(self, x: Tensor, p: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
        end = len(p)
        token, mean, spread = torch.native_layer_norm(
          x, [WIDTH], p[end - 4], p[end - 3], EPSILON)
        return (torch.linear(token, p[end - 2], p[end - 1]), [x, mean, spread, token])
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
    String input = first ? "self.embed(self.patches(x), p)" : "x";
    String count = String.format("(len(p) - %d) // 12", other);
    String output =
        last
            ? String.format(
                "self.classify(self.class_layer(self.layers(%1$s, keep, p, %2$d, %3$s - 1),"
                    + " keep, p, len(p) - 16, %3$s - 1), p)[0]",
                input, embedded, count)
            : String.format("self.layers(%s, keep, p, %d, %s)", input, embedded, count);
    return fill(
        layers()
            + COMPOSED
            + "\n"
            + (first ? EMBEDDING + "\n" : "")
            + (last ? HEAD + "\n" : "")
            + String.format(FORWARD, output));
  }

  /** The methods that compute branches. */
  String layers() {
    String attention = compute.device().isGpu() ? FUSED_ATTENTION : MULTIPLIED_ATTENTION;
    return LAYERS.replace("ATTENTION", attention) + "\n";
  }

  /** Replaces the words in capitals by the model's numbers. */
  String fill(String source) {
    int headWidth = model.width() / model.heads();
    int side = model.image() / model.patch();
    return source
        .replace("PATCH_VALUES", String.valueOf(3 * model.patch() * model.patch()))
        .replace("PATCHES", String.valueOf(side * side))
        .replace("PATCH", String.valueOf(model.patch()))
        .replace("SIDE", String.valueOf(side))
        .replace("DOUBLE_WIDTH", String.valueOf(2 * model.width()))
        .replace("WIDTH", String.valueOf(model.width()))
        .replace("HEADS", String.valueOf(model.heads()))
        .replace("HEAD", String.valueOf(headWidth))
        .replace("SCALE", String.format(Locale.ROOT, "%s", 1 / Math.sqrt(headWidth)))
        .replace("EPSILON", String.format(Locale.ROOT, "%s", model.epsilon()))
        .replace("TYPE", String.valueOf(type()))
        .replace("FLOAT", String.valueOf(FLOAT32));
  }

  private int type() {
    return compute.arithmetic() == Arithmetic.BF16 ? BFLOAT16 : FLOAT32;
  }
}
