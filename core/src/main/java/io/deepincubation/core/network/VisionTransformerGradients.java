package io.deepincubation.core.network;

import io.deepincubation.core.division.ModularDivision;
import java.util.Locale;
import java.util.Set;

/**
 * A whole vision transformer's loss and gradients as one program, its backward pass written out.
 *
 * <p>Against autograd it keeps less and computes less: modules before the first trained one keep
 * nothing; modules after the last one keep only what the gradient of their input needs; branches
 * that stochastic depth drops are left out by quarters of the images, so that products are of few
 * sizes, each of which takes kernels and memory; products land in the sums of gradients without
 * copies. Which branches are dropped, the share and whether sums begin are read on the host, so
 * that nothing waits for a GPU.
 *
 * <p>The method {@code gather(images, targets, keep, total, share, p0, p1, ..., sums)} takes B x C
 * x H x W images, the task's B x ... targets, one array of kept branches a module (see {@link
 * Architecture#block}), the sum of losses, the factor for all gradients and the loss, whether the
 * sums begin, each module's parameters, and the sums of the trained modules' gradients in the order
 * of their parameters. The loss is the task's, averaged over the images.
 */
final class VisionTransformerGradients {

  private static final String BRANCHES =
      """
      # What a row of keep does to the B images of x: how many are computed, all of them in their
      # order or some in another; the order that has kept ones first; how many are kept; the factor
      # of their branch
      def dropping(self, keep: Tensor, row: int, x: Tensor) -> Tuple[int, Tensor, int, float]:
        B = torch.size(x, 0)
        order = keep
        kept = B
        computed = B
        factor = 1.
        if torch.gt(torch.size(keep, 0), 0):
          scales = torch.select(keep, 0, row)
          kept = int(torch.count_nonzero(scales))
          computed = kept
          if torch.gt(kept, 0):
            factor = float(torch.max(scales))
            part = torch.floordiv(B + 3, 4)
            expected = int(float(B) / factor)
            least = kept if torch.gt(kept, expected) else expected
            rounded = torch.mul(torch.floordiv(least + part - 1, part), part)
            computed = B if torch.gt(rounded, B) else rounded
          if torch.gt(factor, 1.):
            unused, order = torch.sort(scales, stable=True, dim=0, descending=True)
            order = torch.to(order, x.device, 4, True)
        return (computed, order, kept, factor)

      # The images to compute
      def pick(self, x: Tensor, computed: int, order: Tensor) -> Tensor:
        picked = x
        if torch.lt(computed, torch.size(x, 0)):
          picked = torch.index_select(x, 0, torch.slice(order, 0, 0, computed))
        return picked

      # Their gradients, 0 for dropped ones. Where images may be dropped it copies though none is, so
      # that every step takes the same memory in the same order
      def pick_back(self, g: Tensor, computed: int, order: Tensor, kept: int,
                    factor: float) -> Tensor:
        picked = self.pick(g, computed, order)
        if torch.lt(computed, torch.size(g, 0)):
          unused = torch.zero_(torch.slice(picked, 0, kept))
        elif torch.gt(factor, 1.):
          picked = torch.index_fill(g, 0, torch.slice(order, 0, kept), 0)
        return picked

      # x plus the branch, in which dropped images are cleared
      def plus(self, x: Tensor, branch: Tensor, computed: int, order: Tensor, kept: int,
               factor: float) -> Tensor:
        if torch.lt(computed, torch.size(x, 0)):
          which = torch.slice(order, 0, 0, kept)
          sum = torch.index_add(x, 0, which, torch.slice(branch, 0, 0, kept), alpha=factor)
        else:
          if torch.lt(kept, computed):
            unused = torch.index_fill_(branch, 0, torch.slice(order, 0, kept), 0)
          sum = torch.add(x, branch, alpha=factor)
        return sum

      def plus_(self, g: Tensor, d: Tensor, computed: int, order: Tensor, factor: float) -> Tensor:
        if torch.eq(computed, torch.size(g, 0)):
          sum = torch.add_(g, d, alpha=factor)
        else:
          which = torch.slice(order, 0, 0, computed)
          sum = torch.index_add_(g, 0, which, d, alpha=factor)
        return sum

      # into: 0 where nothing is summed, 1 where the sum goes on, 2 where it begins
      def put(self, sum: Tensor, g: Tensor, into: int, scale: float) -> None:
        if torch.eq(into, 2):
          unused = torch.copy_(sum, g)
          if torch.ne(scale, 1.):
            unused = torch.mul_(sum, scale)
        else:
          unused = torch.add_(sum, g, alpha=scale)
        return None

      # A dropped branch's gradients: only sums that begin need to know
      def put_zeros(self, s: List[Tensor], j: int, into: int) -> None:
        if torch.eq(into, 2):
          torch._foreach_zero_(torch.slice(s, j, j + 6))
        return None

      # y = x W^T + b: the gradients of W and b go into their sums, gives that of x
      def linear_back(self, g: Tensor, x: Tensor, weight: Tensor, s: List[Tensor], i: int,
                      into: int, scale: float) -> Tensor:
        flat = torch.reshape(g, [-1, torch.size(g, -1)])
        if torch.gt(into, 0):
          rows = torch.reshape(x, [-1, torch.size(x, -1)])
          self.put(s[i], torch.mm(torch.t(flat), rows), into, scale)
          self.put(s[i + 1], torch.sum(flat, [0]), into, scale)
        return torch.mm(flat, weight)

      # g: gradient of the normed values; gives that of x
      def norm_back(self, g: Tensor, x: Tensor, mean: Tensor, spread: Tensor, p: List[Tensor],
                    i: int, s: List[Tensor], j: int, into: int, scale: float) -> Tensor:
        values = torch.reshape(g, torch.size(x))
        dx, dw, db = torch.native_layer_norm_backward(
          values, x, [WIDTH], mean, spread, p[i], p[i + 1], [True, torch.gt(into, 0), torch.gt(into, 0)])
        if torch.gt(into, 0):
          self.put(s[j], dw, into, scale)
          self.put(s[j + 1], db, into, scale)
        return dx

      # Writes the gradients of k and v, (B heads, N, D / heads), gives that of the scores
      def heads_back(self, dmixed: Tensor, weights: Tensor, q: Tensor, v: Tensor, dk: Tensor,
                     dv: Tensor) -> Tensor:
        unused = torch.bmm(torch.transpose(weights, 1, 2), dmixed, out=dv)
        dweights = torch.bmm(dmixed, torch.transpose(v, 1, 2))
        dscores = torch._softmax_backward_data(dweights, weights, -1, TYPE, grad_input=dweights)
        unused = torch.baddbmm(
          dk, torch.transpose(dscores, 1, 2), q, beta=0, alpha=SCALE, out=dk)
        return dscores

      def mlp_back(self, g: Tensor, kept: List[Tensor], p: List[Tensor], i: int, s: List[Tensor],
                   j: int, into: int, scale: float) -> Tensor:
        x = kept[0]
        hidden = torch.reshape(kept[3], [-1, HIDDEN])
        h = kept[4] if torch.gt(into, 0) else x
        active = kept[5] if torch.gt(into, 0) else x
        d = self.linear_back(g, active, p[i + 4], s, j + 4, into, scale)
        unused = torch.gelu_backward(d, hidden, grad_input=d)
        d = self.linear_back(d, h, p[i + 2], s, j + 2, into, scale)
        return self.norm_back(d, x, kept[1], kept[2], p, i, s, j, into, scale)

      # g: (B, D)
      def class_attention_back(self, g: Tensor, kept: List[Tensor], p: List[Tensor], i: int,
                               s: List[Tensor], j: int, into: int, scale: float) -> Tensor:
        x = kept[0]
        q = kept[3]
        kv = kept[4]
        weights = kept[5]
        h = kept[6] if torch.gt(into, 0) else x
        token = kept[7] if torch.gt(into, 0) else x
        joined = kept[8] if torch.gt(into, 0) else x
        N = torch.size(x, 1)
        weight_q, weight_kv = torch.split_with_sizes(p[i + 2], [WIDTH, DOUBLE_WIDTH], 0)
        parts = annotate(List[Tensor], [])
        if torch.gt(into, 0):
          sums_q, sums_kv = torch.split_with_sizes(s[j + 2], [WIDTH, DOUBLE_WIDTH], 0)
          shifts_q, shifts_kv = torch.split_with_sizes(s[j + 3], [WIDTH, DOUBLE_WIDTH], 0)
          parts = [sums_q, shifts_q, sums_kv, shifts_kv]
        d = self.linear_back(g, joined, p[i + 4], s, j + 4, into, scale)
        dmixed = torch.view(d, [-1, 1, HEAD])
        dkv = torch.empty_like(kv)
        dscores = self.heads_back(
          dmixed, weights, q, torch.select(kv, 0, 1), torch.select(dkv, 0, 0),
          torch.select(dkv, 0, 1))
        dq = torch.mul(torch.bmm(dscores, torch.select(kv, 0, 0)), SCALE)
        d = self.linear_back(self.join(dkv, 2), h, weight_kv, parts, 2, into, scale)
        d = torch.view(d, [-1, N, WIDTH])
        dtoken = self.linear_back(
          torch.view(dq, [-1, WIDTH]), token, weight_q, parts, 0, into, scale)
        unused = torch.add_(torch.select(d, 1, 0), dtoken)
        return self.norm_back(d, x, kept[1], kept[2], p, i, s, j, into, scale)
      """;

  /**
   * Layers and their gradients. A mode says what is kept of a branch: 0 nothing, 1 what the
   * gradient of its input needs, 2 what the gradients of its parameters need too. With RECOMPUTE
   * only the layers' inputs are kept, and their branches computed again.
   */
  private static final String LAYERS =
      """
      # Rows of keep alternate: attention, MLP. x: (B, N, D) or (B, D)
      def branch(self, x: Tensor, keep: Tensor, row: int, p: List[Tensor], i: int, mode: int,
                 saved: List[List[Tensor]]) -> Tensor:
        computed, order, kept, factor = self.dropping(keep, row, x)
        whole = torch.eq(kept, torch.size(x, 0)) and torch.eq(factor, 1.)
        values = annotate(List[Tensor], [])
        limit = 0
        if torch.gt(computed, 0):
          part = self.pick(x, computed, order)
          if torch.eq(torch.remainder(row, 2), 0):
            y, values = self.attention(part, p, i, whole)
            limit = [0, KEPT_FOR_INPUT, KEPT_FOR_ALL][mode]
          else:
            y, values = self.mlp(part, p, i, whole, torch.gt(mode, 0) or RECOMPUTE)
            limit = [0, 4, 6][mode]
          x = y if whole else self.plus(x, y, computed, order, kept, factor)
        if torch.gt(mode, 0):
          unused = torch.append(saved, torch.slice(values, 0, limit))
        return x

      def branch_back(self, g: Tensor, keep: Tensor, row: int, p: List[Tensor], i: int,
                      s: List[Tensor], j: int, into: int, saved: List[List[Tensor]]) -> Tensor:
        computed, order, kept, factor = self.dropping(keep, row, g)
        values = torch.pop(saved)
        if torch.gt(computed, 0):
          d = self.pick_back(g, computed, order, kept, factor)
          if torch.eq(torch.remainder(row, 2), 0):
            d = self.attention_back(d, values, p, i, s, j, into, factor)
          else:
            d = self.mlp_back(d, values, p, i, s, j, into, factor)
          g = self.plus_(g, d, computed, order, factor)
        else:
          self.put_zeros(s, j, into)
        return g

      def layer(self, x: Tensor, keep: Tensor, row: int, p: List[Tensor], i: int, mode: int,
                saved: List[List[Tensor]]) -> Tensor:
        x = self.branch(x, keep, row, p, i, mode, saved)
        return self.branch(x, keep, row + 1, p, i + 6, mode, saved)

      # weights: those of the layers with a backward pass, cast
      def module(self, x: Tensor, keep: Tensor, p: List[Tensor], first: int, count: int, mode: int,
                 saved: List[List[Tensor]], weights: List[List[Tensor]]) -> Tensor:
        for k in range(count):
          w = self.cast(p, first + 12 * k)
          if torch.gt(mode, 0):
            unused = torch.append(weights, w)
          if torch.gt(mode, 0) and RECOMPUTE:
            unused = torch.append(saved, [x])
            x = self.layer(x, keep, 2 * k, w, 0, 0, saved)
          else:
            x = self.layer(x, keep, 2 * k, w, 0, mode, saved)
        return x

      # sums: the place in s of the layers' first parameter
      def module_back(self, g: Tensor, keep: Tensor, count: int, s: List[Tensor], sums: int,
                      into: int, saved: List[List[Tensor]],
                      weights: List[List[Tensor]]) -> Tensor:
        for n in range(count):
          k = count - 1 - n
          j = sums + 12 * k
          w = torch.pop(weights)
          if RECOMPUTE:
            x = torch.pop(saved)[0]
            unused = self.layer(x, keep, 2 * k, w, 0, 2 if torch.gt(into, 0) else 1, saved)
          g = self.branch_back(g, keep, 2 * k + 1, w, 6, s, j + 6, into, saved)
          g = self.branch_back(g, keep, 2 * k, w, 0, s, j, into, saved)
        return g

      # (B, N, D) -> (B, D)
      def class_layer(self, x: Tensor, keep: Tensor, row: int, w: List[Tensor], mode: int,
                      saved: List[List[Tensor]]) -> Tensor:
        computed, order, kept, factor = self.dropping(keep, row, x)
        token = torch.contiguous(torch.select(x, 1, 0))
        values = annotate(List[Tensor], [])
        if torch.gt(computed, 0):
          y, values = self.class_attention(self.pick(x, computed, order), w, 0)
          token = self.plus(token, y, computed, order, kept, factor)
        if torch.gt(mode, 0):
          unused = torch.append(saved, torch.slice(values, 0, [0, 6, 9][mode]))
        return self.branch(token, keep, row + 1, w, 6, mode, saved)

      # (B, D) -> (B, N, D)
      def class_layer_back(self, g: Tensor, keep: Tensor, row: int, w: List[Tensor],
                           s: List[Tensor], j: int, into: int,
                           saved: List[List[Tensor]]) -> Tensor:
        g = torch.to(g, STREAM)
        g = self.branch_back(g, keep, row + 1, w, 6, s, j + 6, into, saved)
        computed, order, kept, factor = self.dropping(keep, row, g)
        values = torch.pop(saved)
        dx = torch.zeros([torch.size(g, 0), TOKENS, WIDTH], dtype=STREAM, device=g.device)
        unused = torch.copy_(torch.select(dx, 1, 0), g)
        if torch.gt(computed, 0):
          d = self.pick_back(g, computed, order, kept, factor)
          d = self.class_attention_back(d, values, w, 0, s, j, into, factor)
          dx = self.plus_(dx, d, computed, order, factor)
        else:
          self.put_zeros(s, j, into)
        return dx

      def embed_back(self, g: Tensor, patches: Tensor, p: List[Tensor], s: List[Tensor],
                     into: int) -> None:
        exact = torch.sum(g, [0], True, dtype=FLOAT)
        self.put(s[0], torch.slice(exact, 1, 0, 1), into, 1.)
        self.put(s[1], exact, into, 1.)
        rows = torch.reshape(torch.slice(g, 1, 1), [-1, WIDTH])
        filters = torch.mm(torch.t(rows), patches)
        self.put(s[2], torch.view(filters, torch.size(s[2])), into, 1.)
        self.put(s[3], torch.sum(rows, [0]), into, 1.)
        return None

      # g: (B, classes) -> (B, D)
      def classify_back(self, g: Tensor, kept: List[Tensor], p: List[Tensor], s: List[Tensor],
                        j: int, into: int) -> Tensor:
        end = len(p)
        if torch.gt(into, 0):
          self.put(s[j + 2], torch.mm(torch.t(g), kept[3]), into, 1.)
          self.put(s[j + 3], torch.sum(g, [0]), into, 1.)
        d = torch.mm(g, p[end - 2])
        return self.norm_back(d, kept[0], kept[1], kept[2], p, end - 4, s, j, into, 1.)
      """;

  private final VisionTransformerScript script;
  private final VisionTransformer model;
  private final ModularDivision division;
  private final Set<Integer> trained;

  VisionTransformerGradients(
      VisionTransformerScript script,
      VisionTransformer model,
      ModularDivision division,
      Set<Integer> trained) {
    this.script = script;
    this.model = model;
    this.division = division;
    this.trained = trained;
  }

  /**
   * The program.
   *
   * @param lossBack the task's loss with its gradient, see {@link LossProgram#back}
   * @param recompute whether to keep the layers' inputs alone
   */
  String program(String lossBack, boolean recompute) {
    AttentionScript attention = script.attention();
    String parts =
        script.layers(attention)
            + "\n"
            + script.cast()
            + "\n"
            + VisionTransformerScript.EMBEDDING
            + "\n"
            + VisionTransformerScript.HEAD
            + "\n"
            + BRANCHES
            + "\n"
            + attention.back()
            + "\n"
            + LAYERS
            + "\n"
            + gather();
    String filled =
        parts
            .replace("RECOMPUTE", recompute ? "True" : "False")
            .replace("KEPT_FOR_INPUT", String.valueOf(attention.keptForInput()))
            .replace("KEPT_FOR_ALL", String.valueOf(attention.keptForAll()))
            .replace("TOKENS", String.valueOf(model.tokens()))
            .replace("HIDDEN", String.valueOf(4 * model.width()));
    return lossBack + "\n" + script.fill(filled);
  }

  private String gather() {
    int last = division.moduleCount() - 1;
    var source = new StringBuilder("def gather(self, images: Tensor, targets: Tensor, ");
    source.append("keep: List[Tensor], total: Tensor, share: Tensor, begin: Tensor");
    for (int i = 0; i <= last; i++) {
      source.append(", p").append(i).append(": List[Tensor]");
    }
    source.append(", s: List[Tensor]) -> Tensor:\n");
    source.append("  into = 2 if bool(begin) else 1\n");
    source.append("  saved = annotate(List[List[Tensor]], [])\n");
    source.append("  weights = annotate(List[List[Tensor]], [])\n");
    source.append("  patches = self.patches(images)\n  x = self.embed(patches, p0)\n");
    for (int i = 0; i <= last; i++) {
      source.append(forward(i, i == last));
    }
    source.append("  logits, head = self.classify(token, p").append(last).append(")\n");
    source.append("  g = self.loss_back(logits, targets, total, float(share))\n");
    source.append(headBack(last));
    int first = trained.stream().min(Integer::compare).orElseThrow();
    for (int i = last; i >= first; i--) {
      source.append(back(i, i == last));
    }
    if (first == 0) {
      source.append("  self.embed_back(g, patches, p0, s, into)\n");
    }
    return source.append("  return total\n").toString();
  }

  private String forward(int i, boolean last) {
    int layers = division.depth(i) - (last ? 1 : 0);
    String module =
        String.format(
            Locale.ROOT,
            "  x = self.module(x, keep[%1$d], p%1$d, %2$d, %3$d, %4$d, saved, weights)%n",
            i,
            embedded(i),
            layers,
            mode(i));
    if (!last) {
      return module;
    }
    return module
        + String.format(
            Locale.ROOT,
            "  w = self.cast(p%1$d, %3$d)%n"
                + "  token = self.class_layer(x, keep[%1$d], %2$d, w, %4$d, saved)%n",
            i,
            2 * layers,
            embedded(i) + 12 * layers,
            mode(i));
  }

  private String headBack(int last) {
    int layers = division.depth(last) - 1;
    int i = embedded(last) + 12 * layers;
    return String.format(
        Locale.ROOT,
        "  g = self.classify_back(g, head, p%1$d, s, %2$d, %3$s)%n  g = self.class_layer_back(g,"
            + " keep[%1$d], %4$d, w, s, %5$d, %3$s, saved)%n",
        last,
        sums(last) + i + 12,
        into(last),
        2 * layers,
        sums(last) + i);
  }

  private String back(int i, boolean last) {
    int layers = division.depth(i) - (last ? 1 : 0);
    return String.format(
        Locale.ROOT,
        "  g = self.module_back(g, keep[%1$d], %2$d, s, %3$d, %4$s, saved, weights)%n",
        i,
        layers,
        sums(i) + embedded(i),
        into(i));
  }

  private String into(int moduleIndex) {
    return trained.contains(moduleIndex) ? "into" : "0";
  }

  private static int embedded(int moduleIndex) {
    return moduleIndex == 0 ? VisionTransformerScript.EMBEDDING_PARAMETERS : 0;
  }

  /** Where a module's sums begin: after those of the trained modules before it. */
  private int sums(int moduleIndex) {
    return trained.stream()
        .filter(i -> i < moduleIndex)
        .mapToInt(i -> model.parameters(division, i).size())
        .sum();
  }

  private int mode(int moduleIndex) {
    if (trained.contains(moduleIndex)) {
      return 2;
    }
    return trained.stream().anyMatch(i -> i < moduleIndex) ? 1 : 0;
  }
}
