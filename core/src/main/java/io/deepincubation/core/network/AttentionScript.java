package io.deepincubation.core.network;

/**
 * Ways to compute the attention of a vision transformer's branch, as TorchScript.
 *
 * <p>The method {@code attention} gives the branch and what gradients need of it, in an order that
 * puts last what only the parameters' gradients need; {@code attention_back} reads it.
 */
enum AttentionScript {
  /**
   * Products, a softmax and products: the fastest on a processor for short sequences, and the only
   * one that gives a GPU the same bits again where sequences are long.
   */
  MULTIPLIED(
      """
      # x: (B, N, D), p: cast, i: first parameter of the branch, whole: gives x plus the branch
      def attention(self, x: Tensor, p: List[Tensor], i: int,
                    whole: bool) -> Tuple[Tensor, List[Tensor]]:
        normed, mean, spread = torch.native_layer_norm(x, [WIDTH], p[i], p[i + 1], EPSILON)
        h = torch.to(normed, TYPE)
        qkv = self.split(self.linear(h, p[i + 2], p[i + 3]), 3)
        weights = self.weigh(torch.select(qkv, 0, 0), torch.select(qkv, 0, 1))
        joined = self.join(torch.bmm(weights, torch.select(qkv, 0, 2)), 1)
        y = self.end(joined, p[i + 4], p[i + 5], x, whole)
        return (y, [x, mean, spread, qkv, weights, h, joined])
      """,
      """
      def attention_back(self, g: Tensor, kept: List[Tensor], p: List[Tensor], i: int,
                         s: List[Tensor], j: int, into: int, scale: float) -> Tensor:
        x = kept[0]
        qkv = kept[3]
        weights = kept[4]
        h = kept[5] if torch.gt(into, 0) else x
        joined = kept[6] if torch.gt(into, 0) else x
        N = torch.size(x, 1)
        d = self.linear_back(g, joined, p[i + 4], s, j + 4, into, scale)
        dmixed = torch.select(self.split(torch.view(d, [-1, N, WIDTH]), 1), 0, 0)
        dqkv = torch.empty_like(qkv)
        dscores = self.heads_back(
          dmixed, weights, torch.select(qkv, 0, 0), torch.select(qkv, 0, 2),
          torch.select(dqkv, 0, 1), torch.select(dqkv, 0, 2))
        dq = torch.select(dqkv, 0, 0)
        unused = torch.baddbmm(
          dq, dscores, torch.select(qkv, 0, 1), beta=0, alpha=SCALE, out=dq)
        d = self.linear_back(self.join(dqkv, 3), h, p[i + 2], s, j + 2, into, scale)
        return self.norm_back(d, x, kept[1], kept[2], p, i, s, j, into, scale)
      """,
      /* keptForInput= */ 5,
      /* keptForAll= */ 7),

  /** A GPU's kernel that never writes the weights, and its gradient; in bfloat16. */
  FLASH(
      """
      # x: (B, N, D), p: cast, i: first parameter of the branch, whole: gives x plus the branch
      def attention(self, x: Tensor, p: List[Tensor], i: int,
                    whole: bool) -> Tuple[Tensor, List[Tensor]]:
        normed, mean, spread = torch.native_layer_norm(x, [WIDTH], p[i], p[i + 1], EPSILON)
        h = torch.to(normed, TYPE)
        qkv = self.heads(self.linear(h, p[i + 2], p[i + 3]), 3)
        mixed, sums, from_q, from_k, most_q, most_k, seed, offset, mask = (
          torch._scaled_dot_product_flash_attention(
            torch.select(qkv, 0, 0), torch.select(qkv, 0, 1), torch.select(qkv, 0, 2)))
        joined = torch.reshape(torch.transpose(mixed, 1, 2), [-1, torch.size(x, 1), WIDTH])
        y = self.end(joined, p[i + 4], p[i + 5], x, whole)
        return (y, [x, mean, spread, qkv, sums, from_q, from_k, seed, offset, joined, h])
      """,
      """
      def attention_back(self, g: Tensor, kept: List[Tensor], p: List[Tensor], i: int,
                         s: List[Tensor], j: int, into: int, scale: float) -> Tensor:
        x = kept[0]
        qkv = kept[3]
        joined = kept[9]
        h = kept[10] if torch.gt(into, 0) else x
        N = torch.size(x, 1)
        d = self.linear_back(g, joined, p[i + 4], s, j + 4, into, scale)
        dmixed = torch.select(self.heads(torch.view(d, [-1, N, WIDTH]), 1), 0, 0)
        mixed = torch.select(self.heads(joined, 1), 0, 0)
        dq, dk, dv = torch._scaled_dot_product_flash_attention_backward(
          dmixed, torch.select(qkv, 0, 0), torch.select(qkv, 0, 1), torch.select(qkv, 0, 2), mixed,
          kept[4], kept[5], kept[6], N, N, 0., False, kept[7], kept[8])
        parts = [torch.transpose(dq, 1, 2), torch.transpose(dk, 1, 2), torch.transpose(dv, 1, 2)]
        dqkv = torch.view(torch.stack(parts, 2), [-1, TRIPLE_WIDTH])
        d = self.linear_back(dqkv, h, p[i + 2], s, j + 2, into, scale)
        return self.norm_back(d, x, kept[1], kept[2], p, i, s, j, into, scale)
      """,
      /* keptForInput= */ 10,
      /* keptForAll= */ 11),

  /** libtorch's own choice of a kernel, for what needs no gradient program. */
  CHOSEN(
      """
      # x: (B, N, D), p: cast, i: first parameter of the branch, whole: gives x plus the branch
      def attention(self, x: Tensor, p: List[Tensor], i: int,
                    whole: bool) -> Tuple[Tensor, List[Tensor]]:
        normed, mean, spread = torch.native_layer_norm(x, [WIDTH], p[i], p[i + 1], EPSILON)
        h = torch.to(normed, TYPE)
        qkv = self.heads(self.linear(h, p[i + 2], p[i + 3]), 3)
        mixed = torch.scaled_dot_product_attention(
          torch.select(qkv, 0, 0), torch.select(qkv, 0, 1), torch.select(qkv, 0, 2))
        joined = torch.reshape(torch.transpose(mixed, 1, 2), [-1, torch.size(x, 1), WIDTH])
        y = self.end(joined, p[i + 4], p[i + 5], x, whole)
        return (y, [x])
      """,
      "",
      0,
      0);

  private final String forward;
  private final String back;
  private final int keptForInput;
  private final int keptForAll;

  AttentionScript(String forward, String back, int keptForInput, int keptForAll) {
    this.forward = forward;
    this.back = back;
    this.keptForInput = keptForInput;
    this.keptForAll = keptForAll;
  }

  /** The source of {@code attention}. */
  String forward() {
    return forward;
  }

  /** The source of {@code attention_back}. */
  String back() {
    return back;
  }

  /** How many of the kept arrays the gradient of the branch's input needs. */
  int keptForInput() {
    return keptForInput;
  }

  /** How many of them all gradients need. */
  int keptForAll() {
    return keptForAll;
  }
}
