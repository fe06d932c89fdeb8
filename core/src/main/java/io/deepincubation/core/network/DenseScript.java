package io.deepincubation.core.network;

import io.deepincubation.core.division.ModularDivision;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The TorchScript of a {@link DenseBackbone}'s modules, whose gradients autograd computes.
 *
 * <p>Layers are those of {@link VisionTransformerScript}, whose attention gives a GPU the same bits
 * again at any length. Between modules everything is fp32.
 */
final class DenseScript {

  /** Words in capitals are replaced: here, and by the layers' script. */
  private static final String EMBEDDING =
      """
      # (1, 1 + GRID GRID, D) -> (1, START + h w, D)
      def positions(self, stored: Tensor, h: int, w: int) -> Tensor:
        if torch.eq(h, GRID) and torch.eq(w, GRID):
          y = torch.slice(stored, 1, 1 - START)
        else:
          patches = torch.reshape(torch.slice(stored, 1, 1), [1, GRID, GRID, WIDTH])
          resized = self.bicubic(torch.permute(patches, [0, 3, 1, 2]), h, w)
          y = torch.transpose(torch.flatten(resized, 2), 1, 2)
          y = torch.cat([torch.slice(stored, 1, 1 - START, 1), y], 1)
        return y

      # (B, 3, H, W) -> the same with whole patches
      def whole(self, x: Tensor) -> Tensor:
        below = torch.remainder(torch.neg(torch.size(x, 2)), PATCH)
        right = torch.remainder(torch.neg(torch.size(x, 3)), PATCH)
        return torch.constant_pad_nd(x, [0, right, 0, below], 0)

      # -> (B, START + h w, D)
      def embed(self, x: Tensor, h: int, w: int, p: List[Tensor]) -> Tensor:
        B = torch.size(x, 0)
        cut = torch.reshape(x, [B, 3, h, PATCH, w, PATCH])
        rows = torch.reshape(torch.permute(cut, [0, 2, 4, 1, 3, 5]), [-1, PATCH_VALUES])
        filters = torch.view(p[START + 1], [WIDTH, PATCH_VALUES])
        linear = self.linear(
          torch.to(rows, TYPE), torch.to(filters, TYPE), torch.to(p[START + 2], TYPE))
        tokens = torch.to(torch.view(linear, [B, -1, WIDTH]), FLOAT)
        if torch.gt(START, 0):
          tokens = torch.cat([torch.expand(p[0], [B, -1, -1]), tokens], 1)
        return torch.to(torch.add(tokens, self.positions(p[START], h, w)), STREAM)
      """;

  private static final String MAPS =
      """
      # (B, START + h w, D) -> (B, h + 1, w, D)
      def spread(self, x: Tensor, h: int, w: int) -> Tensor:
        exact = torch.to(x, FLOAT)
        row = torch.constant_pad_nd(torch.slice(exact, 1, 0, START), [0, 0, 0, w - START], 0)
        both = torch.cat([row, torch.slice(exact, 1, START)], 1)
        return torch.reshape(both, [-1, h + 1, w, WIDTH])

      # (B, h + 1, w, D) -> (B, START + h w, D)
      def tokens(self, x: Tensor) -> Tensor:
        rows = torch.flatten(x, 1, 2)
        start = torch.slice(rows, 1, 0, START)
        return torch.cat([start, torch.slice(rows, 1, torch.size(x, 2))], 1)

      # (B, START + h w, D) -> (B, D, h, w)
      def tap(self, x: Tensor, h: int, w: int) -> Tensor:
        patches = torch.to(torch.slice(x, 1, START), FLOAT)
        return torch.permute(torch.reshape(patches, [-1, h, w, WIDTH]), [0, 3, 1, 2])

      # The tap of a number among features, -> (B, D, h, w)
      def kept(self, x: Tensor, number: int) -> Tensor:
        own = torch.slice(x, 3, torch.mul(number, WIDTH), torch.mul(number + 1, WIDTH))
        return torch.permute(torch.slice(own, 1, 1), [0, 3, 1, 2])
      """;

  private static final String WINDOWS =
      """
      # (B, h w, D) -> (B windows, WINDOW WINDOW, D), padded with 0
      def cut(self, x: Tensor, h: int, w: int) -> Tensor:
        below = torch.remainder(torch.neg(h), WINDOW)
        right = torch.remainder(torch.neg(w), WINDOW)
        whole = torch.constant_pad_nd(
          torch.view(x, [-1, h, w, WIDTH]), [0, 0, 0, right, 0, below], 0)
        rows = (h + below) // WINDOW
        columns = (w + right) // WINDOW
        apart = torch.view(whole, [-1, rows, WINDOW, columns, WINDOW, WIDTH])
        return torch.reshape(torch.permute(apart, [0, 1, 3, 2, 4, 5]), [-1, WINDOW * WINDOW, WIDTH])

      # (B windows, WINDOW WINDOW, D) -> (B, h w, D)
      def sewn(self, x: Tensor, h: int, w: int) -> Tensor:
        rows = (h + WINDOW - 1) // WINDOW
        columns = (w + WINDOW - 1) // WINDOW
        apart = torch.view(x, [-1, rows, columns, WINDOW, WINDOW, WIDTH])
        whole = torch.reshape(
          torch.permute(apart, [0, 1, 3, 2, 4, 5]), [-1, rows * WINDOW, columns * WINDOW, WIDTH])
        own = torch.slice(torch.slice(whole, 1, 0, h), 2, 0, w)
        return torch.reshape(own, [-1, torch.mul(h, w), WIDTH])

      def attention_in_windows(self, x: Tensor, p: List[Tensor], h: int, w: int,
                               whole: bool) -> Tensor:
        normed, mean, spread = torch.native_layer_norm(x, [WIDTH], p[0], p[1], EPSILON)
        cut = self.cut(torch.to(normed, TYPE), h, w)
        qkv = self.split(self.linear(cut, p[2], p[3]), 3)
        weights = self.weigh(torch.select(qkv, 0, 0), torch.select(qkv, 0, 1))
        joined = self.join(torch.bmm(weights, torch.select(qkv, 0, 2)), 1)
        return self.end(self.sewn(joined, h, w), p[4], p[5], x, whole)

      def layers_in_windows(self, x: Tensor, keep: Tensor, p: List[Tensor], first: int, count: int,
                            h: int, w: int) -> Tensor:
        x = torch.to(x, STREAM)
        whole = torch.eq(torch.size(keep, 0), 0)
        for j in range(count):
          c = self.cast(p, first + 12 * j)
          y = self.attention_in_windows(x, c, h, w, whole)
          x = y if whole else self.residual(x, y, keep, 2 * j)
          y, unused = self.mlp(x, c, 6, whole, False)
          x = y if whole else self.residual(x, y, keep, 2 * j + 1)
        return x
      """;

  private final DenseBackbone backbone;
  private final VisionTransformerScript layers;

  DenseScript(DenseBackbone backbone, Compute compute) {
    this.backbone = backbone;
    layers = new VisionTransformerScript(backbone.transformer(), compute);
  }

  /** The program of a module other than the last: features to features. */
  String module(ModularDivision division, int moduleIndex) {
    var body = new StringBuilder();
    List<String> maps = new ArrayList<>();
    if (backbone.tapsBefore(division, moduleIndex) > 0) {
      maps.add("torch.slice(x, 3, 0, torch.size(x, 3) - WIDTH)");
    }
    for (String tap : trunk(body, division, moduleIndex)) {
      maps.add("self.spread(" + tap + ", h, w)");
    }
    maps.add("self.spread(t, h, w)");
    String result = "torch.cat([" + String.join(", ", maps) + "], 3)";
    return fill(
        methods(moduleIndex)
            + method("evaluate", body.toString(), result)
            + "\n"
            + "def train(self, x: Tensor, keep: Tensor, p: List[Tensor]) -> Tensor:\n"
            + "  return self.evaluate(x, keep, p)\n");
  }

  /**
   * The program of the last module.
   *
   * @param methods that the head's lines call
   * @param parameters of the head, the module's last ones
   * @param taps names of the maps for the head's lines, each B x D x h x w
   * @param train what the head gives in training
   * @param evaluate what it gives in evaluation
   */
  String last(
      ModularDivision division,
      String methods,
      int parameters,
      List<String> taps,
      Output train,
      Output evaluate) {
    int moduleIndex = division.moduleCount() - 1;
    var body = new StringBuilder();
    List<String> maps = new ArrayList<>();
    for (int i = 0; i < backbone.tapsBefore(division, moduleIndex); i++) {
      maps.add("self.kept(x, " + i + ")");
    }
    for (String tap : trunk(body, division, moduleIndex)) {
      maps.add("self.tap(" + tap + ", h, w)");
    }
    for (int i = 0; i < maps.size(); i++) {
      body.append("  ").append(taps.get(i)).append(" = ").append(maps.get(i)).append('\n');
    }
    body.append("  q = torch.slice(p, len(p) - " + parameters + ")\n");
    body.append("  keep = torch.slice(keep, 0, " + 2 * division.depth(moduleIndex) + ")\n");
    return fill(
        methods(moduleIndex)
            + methods
            + "\n"
            + method("train", body + "  training = True\n" + train.lines(), train.result())
            + "\n"
            + method(
                "evaluate", body + "  training = False\n" + evaluate.lines(), evaluate.result()));
  }

  /**
   * What a head gives.
   *
   * @param lines that compute it from the taps, the list of the head's parameters q, the scales of
   *     channels keep, and whether it is training
   * @param result an expression
   */
  record Output(String lines, String result) {}

  private String methods(int moduleIndex) {
    return layers.encoder()
        + Resizing.SOURCE
        + "\n"
        + (moduleIndex == 0 ? EMBEDDING + "\n" : "")
        + MAPS
        + "\n"
        + (backbone.window() > 0 ? WINDOWS + "\n" : "");
  }

  private static String method(String name, String body, String result) {
    return String.format(
        Locale.ROOT,
        "def %s(self, x: Tensor, keep: Tensor, p: List[Tensor]) -> Tensor:%n%s  return %s%n",
        name,
        body,
        result);
  }

  /**
   * Adds the lines that compute h, w and the module's tokens t.
   *
   * @return names of the tokens after its taps
   */
  private List<String> trunk(StringBuilder body, ModularDivision division, int moduleIndex) {
    boolean first = moduleIndex == 0;
    body.append(
        first
            ? """
              x = self.whole(x)
              h = torch.size(x, 2) // PATCH
              w = torch.size(x, 3) // PATCH
              t = self.embed(x, h, w, p)
            """
            : """
              h = torch.size(x, 1) - 1
              w = torch.size(x, 2)
              t = self.tokens(torch.slice(x, 3, torch.size(x, 3) - WIDTH))
            """);
    List<String> taps = new ArrayList<>();
    int before = first ? backbone.embeddingParameters() : 0;
    int depth = division.depth(moduleIndex);
    int offset = division.offset(moduleIndex);
    for (int done = 0; done < depth; ) {
      int count = segment(division, offset + done, offset + depth);
      body.append(layers(division, offset + done + 1, done, count, before));
      done += count;
      int layer = offset + done;
      for (int tap : backbone.taps()) {
        if (tap == layer) {
          taps.add("t" + layer);
        }
      }
      body.append("  t" + layer + " = t\n");
    }
    return taps;
  }

  /** Layers from one on that are of one kind, up to the next tap or the end. */
  private int segment(ModularDivision division, int start, int end) {
    int layer = start + 1;
    boolean windowed = backbone.windowed(division, layer);
    while (layer < end
        && !backbone.taps().contains(layer)
        && backbone.windowed(division, layer + 1) == windowed) {
      layer++;
    }
    return layer - start;
  }

  private String layers(ModularDivision division, int layer, int done, int count, int before) {
    boolean windowed = backbone.windowed(division, layer);
    return String.format(
        Locale.ROOT,
        "  t = self.%s(t, torch.slice(keep, 0, %d), p, %d, %d%s)%n",
        windowed ? "layers_in_windows" : "layers",
        2 * done,
        before + EncoderLayers.PARAMETERS * done,
        count,
        windowed ? ", h, w" : "");
  }

  private String fill(String source) {
    VisionTransformer transformer = backbone.transformer();
    String filled =
        source
            .replace("GRID", String.valueOf(transformer.image() / transformer.patch()))
            .replace("START", String.valueOf(backbone.classTokens()))
            .replace("WINDOW", String.valueOf(backbone.window()));
    return layers.fill(filled);
  }
}
