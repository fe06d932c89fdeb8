package io.deepincubation.core.network;

import java.util.Locale;

/**
 * The TorchScript of a text transformer's forward pass, whose gradients autograd computes.
 *
 * <p>Parameters of a module come as one list in the order of {@link TextTransformer#parameters};
 * the number of layers is read off its length. Products are computed in the type of the arithmetic,
 * all else in fp32.
 */
final class TextTransformerScript {

  private static final double EPSILON = 1e-6;

  /** Words in capitals are replaced by {@link #fill}. */
  private static final String LAYERS =
      """
      def linear(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        y = torch.linear(torch.to(x, TYPE), torch.to(weight, TYPE), torch.to(bias, TYPE))
        return torch.to(y, FLOAT)

      def norm(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return torch.layer_norm(x, [WIDTH], weight, bias, EPSILON)

      # x: (B, L, D), absent: (B, 1, 1, L), where no token is
      def attention(self, x: Tensor, absent: Tensor, p: List[Tensor], i: int) -> Tensor:
        h = self.norm(x, p[i], p[i + 1])
        cut = torch.view(self.linear(h, p[i + 2], p[i + 3]), [-1, LENGTH, 3, HEADS, HEAD])
        qkv = torch.to(torch.permute(cut, [2, 0, 3, 1, 4]), TYPE)  # (3, B, heads, L, D / heads)
        q = torch.mul(torch.select(qkv, 0, 0), SCALE)
        scores = torch.to(torch.matmul(q, torch.transpose(torch.select(qkv, 0, 1), -2, -1)), FLOAT)
        weights = torch.softmax(torch.masked_fill(scores, absent, LOWEST), -1)
        seen = torch.matmul(torch.to(weights, TYPE), torch.select(qkv, 0, 2))
        joined = torch.reshape(torch.transpose(seen, 1, 2), [-1, LENGTH, WIDTH])
        return self.linear(joined, p[i + 4], p[i + 5])

      def mlp(self, x: Tensor, p: List[Tensor], i: int) -> Tensor:
        h = torch.gelu(self.linear(self.norm(x, p[i], p[i + 1]), p[i + 2], p[i + 3]))
        return self.linear(h, p[i + 4], p[i + 5])

      # x plus the branch of its texts that are kept
      def residual(self, x: Tensor, branch: Tensor, keep: Tensor, row: int) -> Tensor:
        if torch.eq(torch.size(keep, 0), 0):
          y = torch.add(x, branch)
        else:
          kept = torch.to(torch.select(keep, 0, row), x.device, FLOAT, True)
          y = torch.addcmul(x, branch, torch.view(kept, [-1, 1, 1]))
        return y

      # x: (B, L, D), 0 where no token is, and so again
      def layers(self, x: Tensor, keep: Tensor, p: List[Tensor], first: int, count: int) -> Tensor:
        present = torch.any(torch.ne(x, 0), -1, True)  # (B, L, 1)
        absent = torch.unsqueeze(torch.transpose(torch.logical_not(present), 1, 2), 1)
        for j in range(count):
          i = first + 12 * j
          x = self.residual(x, self.attention(x, absent, p, i), keep, 2 * j)
          x = self.residual(x, self.mlp(x, p, i + 6), keep, 2 * j + 1)
        return torch.mul(x, torch.to(present, FLOAT))
      """;

  private static final String EMBEDDING =
      """
      # x: (B, L), the numbers of tokens, -1 where there is none -> (B, L, D)
      def embed(self, x: Tensor, p: List[Tensor]) -> Tensor:
        present = torch.to(torch.unsqueeze(torch.ge(x, 0), -1), FLOAT)
        tokens = torch.embedding(p[0], torch.to(torch.clamp(x, 0), LONG))
        return torch.mul(torch.add(tokens, p[1]), present)
      """;

  private static final String HEAD_OF_FIRST =
      """
      # x: (B, L, D) -> (B, classes)
      def classify(self, x: Tensor, p: List[Tensor]) -> Tensor:
        end = len(p)
        token = self.norm(torch.select(x, 1, 0), p[end - 4], p[end - 3])
        return torch.linear(token, p[end - 2], p[end - 1])
      """;

  private static final String FORWARD =
      """
      def evaluate(self, x: Tensor, keep: Tensor, p: List[Tensor]) -> Tensor:
        return %s

      def train(self, x: Tensor, keep: Tensor, p: List[Tensor]) -> Tensor:
        return self.evaluate(x, keep, p)
      """;

  private static final int HEAD_PARAMETERS = 4;

  /** TorchScript's number for 64-bit whole numbers. */
  private static final int LONG = 4;

  private final TextTransformer model;
  private final Compute compute;

  TextTransformerScript(TextTransformer model, Compute compute) {
    this.model = model;
    this.compute = compute;
  }

  /** The program of a module that is or is not the first, and is or is not the last. */
  String module(boolean first, boolean last) {
    int before = first ? TextTransformer.EMBEDDING_PARAMETERS : 0;
    int others = before + (last ? HEAD_PARAMETERS : 0);
    String features =
        String.format(
            Locale.ROOT,
            "self.layers(%s, keep, p, %d, (len(p) - %d) // %d)",
            first ? "self.embed(x, p)" : "x",
            before,
            others,
            EncoderLayers.PARAMETERS);
    String output = last ? "self.classify(" + features + ", p)" : features;
    return fill(
        LAYERS
            + "\n"
            + (first ? EMBEDDING + "\n" : "")
            + (last ? HEAD_OF_FIRST + "\n" : "")
            + String.format(Locale.ROOT, FORWARD, output));
  }

  private String fill(String source) {
    int headWidth = model.width() / model.heads();
    int type =
        compute.arithmetic() == Arithmetic.BF16
            ? VisionTransformerScript.BFLOAT16
            : VisionTransformerScript.FLOAT32;
    return source
        .replace("WIDTH", String.valueOf(model.width()))
        .replace("LENGTH", String.valueOf(model.length()))
        .replace("HEADS", String.valueOf(model.heads()))
        .replace("HEAD", String.valueOf(headWidth))
        .replace("SCALE", String.format(Locale.ROOT, "%s", 1 / Math.sqrt(headWidth)))
        .replace("EPSILON", String.format(Locale.ROOT, "%s", EPSILON))
        .replace("LOWEST", "-1e9")
        .replace("LONG", String.valueOf(LONG))
        .replace("TYPE", String.valueOf(type))
        .replace("FLOAT", String.valueOf(VisionTransformerScript.FLOAT32));
  }
}
