package io.deepincubation.core.network;

import io.deepincubation.core.script.FusedProducts;
import java.util.Locale;

/**
 * The TorchScript of a vision transformer's forward pass.
 *
 * <p>Parameters of a module come as one list in the order of {@link VisionTransformer#parameters};
 * the number of layers is read off its length, so that one program serves every depth.
 *
 * <p>In bfloat16, products, what lies between them and the residual stream are bfloat16, the norms'
 * statistics and the head fp32; between modules the stream is handed over as fp32, which loses
 * nothing. A GPU's norms need their weights in the stream's type. How attention is computed {@link
 * AttentionScript} tells. Only the class token leaves the last layer, so nothing else is computed
 * there: its keys and values see all tokens, its query, projection and MLP only that one.
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

  /** Of a network that drops nothing. */
  private static final String FORWARD_WHOLE =
      """
      def evaluate(self, x: Tensor, p: List[Tensor]) -> Tensor:
        keep = torch.empty([0, 0], dtype=FLOAT)
        return %s

      def train(self, x: Tensor, p: List[Tensor]) -> Tensor:
        return self.evaluate(x, p)
      """;

  /** Products with weights; {@link FusedProducts} gives the same methods where it can. */
  private static final String PRODUCTS =
      """
      def linear(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return torch.linear(x, weight, bias)

      def linear_gelu(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return torch.gelu(self.linear(x, weight, bias))

      def linear_add(self, x: Tensor, weight: Tensor, bias: Tensor, other: Tensor) -> Tensor:
        return torch.add(other, self.linear(x, weight, bias))
      """;

  /** For autograd, and for processors. */
  private static final String CAST =
      """
      # A layer's twelve parameters in the products' type; those of norms only if they must be
      def cast(self, p: List[Tensor], i: int) -> List[Tensor]:
        w = annotate(List[Tensor], [])
        for n in range(12):
          exact = torch.lt(torch.remainder(n, 6), 2) and NORMS_EXACT
          unused = torch.append(w, p[i + n] if exact else torch.to(p[i + n], TYPE))
        return w
      """;

  /** A GPU is told once instead of twelve times. */
  private static final String CAST_AT_ONCE =
      """
      # A layer's twelve parameters in the products' type
      def cast(self, p: List[Tensor], i: int) -> List[Tensor]:
        w = annotate(List[Tensor], [])
        for n in range(12):
          unused = torch.append(w, torch.empty_like(p[i + n], dtype=TYPE))
        torch._foreach_copy_(w, torch.slice(p, i, i + 12))
        return w
      """;

  /** Words in capitals are replaced by {@link #fill}. */
  private static final String LAYERS =
      """
      # The end of a branch, alone or added to the branch's input
      def end(self, a: Tensor, weight: Tensor, bias: Tensor, x: Tensor, whole: bool) -> Tensor:
        if whole:
          y = self.linear_add(a, weight, bias, x)
        else:
          y = self.linear(a, weight, bias)
        return y

      # (B, N, parts D) -> (parts, B, heads, N, D / heads), not copied
      def heads(self, x: Tensor, parts: int) -> Tensor:
        N = torch.size(x, 1)
        return torch.permute(torch.view(x, [-1, N, parts, HEADS, HEAD]), [2, 0, 3, 1, 4])

      # (B, N, parts D) -> (parts, B heads, N, D / heads)
      def split(self, x: Tensor, parts: int) -> Tensor:
        copied = torch.contiguous(self.heads(x, parts))
        return torch.view(copied, [parts, -1, torch.size(x, 1), HEAD])

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

      # x: (B, N, D) or the class token, (B, D), kept: whether a gradient will be asked for
      def mlp(self, x: Tensor, p: List[Tensor], i: int, whole: bool,
              kept: bool) -> Tuple[Tensor, List[Tensor]]:
        normed, mean, spread = torch.native_layer_norm(x, [WIDTH], p[i], p[i + 1], EPSILON)
        h = torch.to(normed, TYPE)
        if kept:
          hidden = self.linear(h, p[i + 2], p[i + 3])  # (B, N, 4D)
          active = torch.gelu(hidden)
        else:
          hidden = h
          active = self.linear_gelu(h, p[i + 2], p[i + 3])
        y = self.end(active, p[i + 4], p[i + 5], x, whole)
        return (y, [x, mean, spread, hidden, h, active])
      """;

  private static final String COMPOSED =
      """
      # x plus the branch of its images that are kept
      def residual(self, x: Tensor, branch: Tensor, keep: Tensor, row: int) -> Tensor:
        kept = torch.to(torch.select(keep, 0, row), x.device, FLOAT, True)
        shape = [-1, 1] if torch.eq(torch.dim(x), 2) else [-1, 1, 1]
        scale = torch.view(kept, shape)
        y = torch.addcmul(torch.to(x, FLOAT), torch.to(branch, FLOAT), scale)
        return torch.to(y, STREAM)

      def layers(self, x: Tensor, keep: Tensor, p: List[Tensor], first: int, count: int) -> Tensor:
        x = torch.to(x, STREAM)
        whole = torch.eq(torch.size(keep, 0), 0)
        for j in range(count):
          w = self.cast(p, first + 12 * j)
          y, unused = self.attention(x, w, 0, whole)
          x = y if whole else self.residual(x, y, keep, 2 * j)
          y, unused = self.mlp(x, w, 6, whole, False)
          x = y if whole else self.residual(x, y, keep, 2 * j + 1)
        return x

      def class_layer(self, x: Tensor, keep: Tensor, p: List[Tensor], i: int, j: int) -> Tensor:
        whole = torch.eq(torch.size(keep, 0), 0)
        w = self.cast(p, i)
        y, unused = self.class_attention(x, w, 0)
        x = torch.contiguous(torch.select(x, 1, 0))
        x = torch.add(x, y) if whole else self.residual(x, y, keep, 2 * j)
        y, unused = self.mlp(x, w, 6, whole, False)
        return y if whole else self.residual(x, y, keep, 2 * j + 1)
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
        rows = self.linear(patches, torch.to(filters, TYPE), torch.to(p[3], TYPE))
        tokens = torch.view(rows, [-1, PATCHES, WIDTH])
        B = torch.size(tokens, 0)
        start = torch.expand(p[0], [B, -1, -1])
        return torch.to(torch.add(torch.cat([start, torch.to(tokens, FLOAT)], 1), p[1]), STREAM)
      """;

  static final String HEAD =
      """
      # x: (B, D)
      def classify(self, x: Tensor, p: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
        end = len(p)
        exact = torch.to(x, FLOAT)
        token, mean, spread = torch.native_layer_norm(
          exact, [WIDTH], p[end - 4], p[end - 3], EPSILON)
        return (torch.linear(token, p[end - 2], p[end - 1]), [exact, mean, spread, token])
      """;

  private static final String DECODER =
      """
      # x: (B, N, D) -> the image's pixels before the sigmoid, (B, C, H, W)
      def decode(self, x: Tensor, p: List[Tensor]) -> Tensor:
        tokens = torch.to(torch.slice(x, 1, 1), FLOAT)  # (B, N - 1, D)
        normed, mean, spread = torch.native_layer_norm(tokens, [WIDTH], p[0], p[1], EPSILON)
        h = self.linear_gelu(torch.to(normed, TYPE), torch.to(p[2], TYPE), torch.to(p[3], TYPE))
        y = torch.to(self.linear(h, torch.to(p[4], TYPE), torch.to(p[5], TYPE)), FLOAT)
        cut = torch.view(y, [-1, SIDE, SIDE, 3, PATCH, PATCH])
        return torch.reshape(torch.permute(cut, [0, 3, 1, 4, 2, 5]), [-1, 3, IMAGE, IMAGE])
      """;

  /**
   * The longest sequence whose gradients the flash kernel sums up in one order: its blocks are of
   * 128 tokens, and two numbers have one sum.
   */
  private static final int LONGEST_IN_ORDER = 256;

  private final VisionTransformer model;
  private final boolean gpu;
  private final boolean bfloat16;

  VisionTransformerScript(VisionTransformer model, Compute compute) {
    this.model = model;
    gpu = compute.device().isGpu();
    bfloat16 = compute.arithmetic() == Arithmetic.BF16;
  }

  /** The program of a module that is or is not the first, and is or is not the last. */
  String module(boolean first, boolean last) {
    int embedded = first ? EMBEDDING_PARAMETERS : 0;
    String output =
        last
            ? String.format(
                Locale.ROOT, "self.classify(%s, p)[0]", classToken(first, HEAD_PARAMETERS))
            : String.format(
                Locale.ROOT,
                "torch.to(self.layers(%1$s, keep, p, %2$d, (len(p) - %2$d) // 12), FLOAT)",
                input(first),
                embedded);
    return program(first, last, String.format(Locale.ROOT, FORWARD, output));
  }

  /** The program of a last module that gives the class token after its last layer. */
  String lastTrunk(boolean first) {
    String output = String.format(Locale.ROOT, "torch.to(%s, FLOAT)", classToken(first, 0));
    return program(first, /* last= */ false, String.format(Locale.ROOT, FORWARD, output));
  }

  /** The program of a last module of depth 1 that drops nothing. */
  String auxiliaryHead() {
    String output =
        String.format(Locale.ROOT, "self.classify(%s, p)[0]", classToken(false, HEAD_PARAMETERS));
    return program(
        /* first= */ false, /* last= */ true, String.format(Locale.ROOT, FORWARD_WHOLE, output));
  }

  /** The program of a decoder of tokens. */
  String decoder() {
    return fill(
        layers(AttentionScript.MULTIPLIED)
            + "\n"
            + DECODER
            + "\n"
            + String.format(Locale.ROOT, FORWARD_WHOLE, "self.decode(x, p)"));
  }

  private static String input(boolean first) {
    return first ? "self.embed(self.patches(x), p)" : "x";
  }

  /** The class token after the last layer, which is followed by so many other parameters. */
  private static String classToken(boolean first, int others) {
    int embedded = first ? EMBEDDING_PARAMETERS : 0;
    String before = String.format(Locale.ROOT, "(len(p) - %d) // 12 - 1", embedded + others);
    return String.format(
        Locale.ROOT,
        "self.class_layer(self.layers(%1$s, keep, p, %2$d, %3$s), keep, p, len(p) - %4$d, %3$s)",
        input(first),
        embedded,
        before,
        12 + others);
  }

  private String program(boolean first, boolean last, String forward) {
    return fill(
        layers(gpu ? AttentionScript.CHOSEN : AttentionScript.MULTIPLIED)
            + "\n"
            + CAST
            + "\n"
            + COMPOSED
            + "\n"
            + (first ? EMBEDDING + "\n" : "")
            + (last ? HEAD + "\n" : "")
            + forward);
  }

  /** How attention is computed where its gradients are. */
  AttentionScript attention() {
    boolean flash = gpu && bfloat16 && model.tokens() <= LONGEST_IN_ORDER;
    return flash ? AttentionScript.FLASH : AttentionScript.MULTIPLIED;
  }

  /** The method that casts a layer's parameters where no gradient flows through it. */
  String cast() {
    return gpu && bfloat16 ? CAST_AT_ONCE : CAST;
  }

  /** The methods that compute branches. */
  String layers(AttentionScript attention) {
    boolean fused = !gpu && bfloat16 && FusedProducts.available();
    String products = fused ? FusedProducts.SOURCE : PRODUCTS;
    return products + "\n" + LAYERS + "\n" + attention.forward() + "\n";
  }

  /** The methods that compute layers of all tokens where autograd finds the gradients. */
  String encoder() {
    return layers(AttentionScript.MULTIPLIED) + "\n" + CAST + "\n" + COMPOSED + "\n";
  }

  /** Replaces the words in capitals by the model's numbers. */
  String fill(String source) {
    int headWidth = model.width() / model.heads();
    int side = model.image() / model.patch();
    return source
        .replace("PATCH_VALUES", String.valueOf(3 * model.patch() * model.patch()))
        .replace("PATCHES", String.valueOf(side * side))
        .replace("PATCH", String.valueOf(model.patch()))
        .replace("IMAGE", String.valueOf(model.image()))
        .replace("SIDE", String.valueOf(side))
        .replace("TRIPLE_WIDTH", String.valueOf(3 * model.width()))
        .replace("DOUBLE_WIDTH", String.valueOf(2 * model.width()))
        .replace("WIDTH", String.valueOf(model.width()))
        .replace("HEADS", String.valueOf(model.heads()))
        .replace("HEAD", String.valueOf(headWidth))
        .replace("SCALE", String.format(Locale.ROOT, "%s", 1 / Math.sqrt(headWidth)))
        .replace("EPSILON", String.format(Locale.ROOT, "%s", model.epsilon()))
        .replace("TYPE", String.valueOf(type()))
        .replace("STREAM", String.valueOf(type()))
        .replace("NORMS_EXACT", gpu ? "False" : "True")
        .replace("FLOAT", String.valueOf(FLOAT32));
  }

  private int type() {
    return bfloat16 ? BFLOAT16 : FLOAT32;
  }
}
