package io.deepincubation.core.network;

import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.network.ParameterSpec.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes down what a dense network computes of its backbone's maps, operation by operation: the
 * lines of the program, the parameters and the floating-point operations.
 *
 * <p>Lines read maps of B x C x h x w in fp32 and the head's parameters {@code q}; products are
 * computed in the arithmetic's type. Sizes are known for the operations' count alone: the program
 * takes maps of any size.
 */
final class HeadWriter {

  /** Methods that the lines call; {@code norm} comes with the norm. */
  private static final String OPERATIONS =
      """
      def plain(self, x: Tensor, weight: Tensor) -> Tensor:
        pad = torch.size(weight, 2) // 2
        y = torch.conv2d(torch.to(x, TYPE), torch.to(weight, TYPE), None, [1, 1], [pad, pad])
        return torch.to(y, FLOAT)

      def shifted(self, x: Tensor, q: List[Tensor], i: int) -> Tensor:
        pad = torch.size(q[i], 2) // 2
        w = torch.to(q[i], TYPE)
        y = torch.conv2d(torch.to(x, TYPE), w, torch.to(q[i + 1], TYPE), [1, 1], [pad, pad])
        return torch.to(y, FLOAT)

      def full(self, x: Tensor, q: List[Tensor], i: int) -> Tensor:
        y = torch.linear(torch.to(x, TYPE), torch.to(q[i], TYPE), torch.to(q[i + 1], TYPE))
        return torch.to(y, FLOAT)

      # (B, C, h, w) -> (B, C, 2h, 2w)
      def doubled(self, x: Tensor, q: List[Tensor], i: int) -> Tensor:
        w = torch.to(q[i], TYPE)
        y = torch.conv_transpose2d(torch.to(x, TYPE), w, torch.to(q[i + 1], TYPE), [2, 2])
        return torch.to(y, FLOAT)

      def cnr(self, x: Tensor, q: List[Tensor], i: int, training: bool) -> Tensor:
        return torch.relu(self.norm(self.plain(x, q[i]), q, i + 1, training))

      # The largest value of each square; those at the border may be cut
      def largest(self, x: Tensor, side: int) -> Tensor:
        return torch.max_pool2d(x, [side, side], [side, side], [0, 0], [1, 1], True)

      # Twice the size, or what of it another map has
      def repeated(self, x: Tensor, like: Tensor) -> Tensor:
        B, C, h, w = torch.size(x)
        spread = torch.expand(torch.reshape(x, [B, C, h, 1, w, 1]), [B, C, h, 2, w, 2])
        twice = torch.reshape(spread, [B, C, 2 * h, 2 * w])
        cut = torch.slice(twice, 2, 0, torch.size(like, 2))
        return torch.slice(cut, 3, 0, torch.size(like, 3))

      # keep: scales of channels from a row on, or no rows to keep them all
      def thinned(self, x: Tensor, keep: Tensor, row: int) -> Tensor:
        if torch.eq(torch.size(keep, 0), 0):
          y = x
        else:
          rows = torch.slice(keep, 0, row, row + torch.size(x, 1))
          scale = torch.transpose(torch.to(rows, x.device, FLOAT, True), 0, 1)
          y = torch.mul(x, torch.unsqueeze(torch.unsqueeze(scale, 2), 3))
        return y
      """;

  private static final String BATCH_NORM =
      """
      def norm(self, x: Tensor, q: List[Tensor], i: int, training: bool) -> Tensor:
        return torch.batch_norm(
          x, q[i], q[i + 1], q[i + 2], q[i + 3], training, 0.1, 1e-05, True)
      """;

  private static final String GROUP_NORM =
      """
      def norm(self, x: Tensor, q: List[Tensor], i: int, training: bool) -> Tensor:
        return torch.group_norm(x, %d, q[i], q[i + 1], 1e-05)
      """;

  private static final String LAYER_NORM =
      """
      def norm(self, x: Tensor, q: List[Tensor], i: int, training: bool) -> Tensor:
        last = torch.permute(x, [0, 2, 3, 1])
        y = torch.layer_norm(last, [torch.size(x, 1)], q[i], q[i + 1], 1e-06)
        return torch.permute(y, [0, 3, 1, 2])
      """;

  /** Deviation of a classifier's and of the region proposals' weights. */
  static final double SMALL_DEVIATION = 0.01;

  /**
   * A map that the program computes.
   *
   * @param name of its variable
   * @param channels C
   * @param height h
   * @param width w
   */
  record Features(String name, int channels, int height, int width) {
    private double pixels() {
      return (double) height * width;
    }
  }

  private final MapNorm norm;
  private final List<ParameterSpec> specs = new ArrayList<>();
  private final StringBuilder lines = new StringBuilder();
  private double flops;
  private int variables;
  private int thinned;

  HeadWriter(MapNorm norm) {
    this.norm = norm;
  }

  /** The methods that the lines call, with words in capitals for the arithmetic's types. */
  static String methods(MapNorm norm) {
    String normed =
        switch (norm.kind()) {
          case BATCH -> BATCH_NORM;
          case GROUP -> String.format(Locale.ROOT, GROUP_NORM, norm.groups());
          case LAYER -> LAYER_NORM;
        };
    return OPERATIONS + "\n" + normed;
  }

  /** The parameters so far. */
  List<ParameterSpec> specs() {
    return List.copyOf(specs);
  }

  /** The lines so far, indented as a method's body. */
  String lines() {
    return lines.toString();
  }

  /** Floating-point operations of one image so far: of products; resizing is left out. */
  double flops() {
    return flops;
  }

  /** The lines since this was last asked for. */
  String takeLines() {
    String taken = lines();
    lines.setLength(0);
    return taken;
  }

  /** The operations since this was last asked for. */
  double takeFlops() {
    double taken = flops;
    flops = 0;
    return taken;
  }

  /** Channels that may be dropped so far. */
  int thinned() {
    return thinned;
  }

  /** Convolution without bias, norm, ReLU: the reference's initial weights. */
  Features cnr(String name, Features x, int channels, int kernel) {
    int first = specs.size();
    double deviation = Math.sqrt(2.0 / ((double) kernel * kernel * channels));
    addWeight(name + ".conv", new Shape(channels, x.channels, kernel, kernel), deviation);
    addNorm(name + ".norm", channels);
    Features y = like(x, channels, call("cnr", x, first, ", training"));
    flops += 2 * y.pixels() * kernel * kernel * x.channels * channels;
    return y;
  }

  /** Convolution with bias. */
  Features convolution(String name, Features x, int channels, int kernel, double deviation) {
    return convolved(filters(name, x.channels, channels, kernel, deviation), x);
  }

  /**
   * Filters with bias for maps of several levels.
   *
   * @param first place of their weights among the parameters
   * @param channels that they give
   * @param kernel side of a filter
   */
  record Filters(int first, int channels, int kernel) {}

  /** Adds filters with bias, drawn with a deviation. */
  Filters filters(String name, int in, int channels, int kernel, double deviation) {
    var filters = new Filters(specs.size(), channels, kernel);
    addWeight(name, new Shape(channels, in, kernel, kernel), deviation);
    addConstant(name + ".bias", channels, Role.UNDECAYED, 0);
    return filters;
  }

  /** Convolution with filters that were added before. */
  Features convolved(Filters filters, Features x) {
    Features y = like(x, filters.channels, call("shifted", x, filters.first, ""));
    flops += 2 * y.pixels() * filters.kernel * filters.kernel * x.channels * filters.channels;
    return y;
  }

  /** Transposed convolution 2 x 2 of stride 2, of as many channels. */
  Features doubled(String name, Features x) {
    int first = specs.size();
    int channels = x.channels;
    addWeight(name, new Shape(channels, channels, 2, 2), Math.sqrt(2.0 / (4.0 * channels)));
    addConstant(name + ".bias", channels, Role.UNDECAYED, 0);
    var y = new Features(next(), channels, 2 * x.height, 2 * x.width);
    line(y.name, call("doubled", x, first, ""));
    flops += 2 * y.pixels() * channels * channels;
    return y;
  }

  /** The norm alone. */
  Features norm(String name, Features x) {
    int first = specs.size();
    addNorm(name, x.channels);
    return like(x, x.channels, call("norm", x, first, ", training"));
  }

  /** GELU. */
  Features gelu(Features x) {
    return like(x, x.channels, "torch.gelu(" + x.name + ")");
  }

  /** ReLU. */
  Features relu(Features x) {
    return like(x, x.channels, "torch.relu(" + x.name + ")");
  }

  /** The sum of two maps. */
  Features add(Features x, Features y) {
    return like(x, x.channels, "torch.add(" + x.name + ", " + y.name + ")");
  }

  /** Maximum pool without overlap. */
  Features largest(Features x, int side) {
    var y =
        new Features(next(), x.channels, (x.height + side - 1) / side, (x.width + side - 1) / side);
    line(y.name, String.format(Locale.ROOT, "self.largest(%s, %d)", x.name, side));
    return y;
  }

  /** Every second pixel of every second row. */
  Features halved(Features x) {
    var y = new Features(next(), x.channels, (x.height + 1) / 2, (x.width + 1) / 2);
    line(y.name, "torch.max_pool2d(" + x.name + ", [1, 1], [2, 2])");
    return y;
  }

  /** Every pixel four times, of a map half as large as another, rounded up. */
  Features repeated(Features x, Features other) {
    return like(other, x.channels, "self.repeated(" + x.name + ", " + other.name + ")");
  }

  /** Averages of side x side parts. */
  Features pooled(Features x, int side) {
    var y = new Features(next(), x.channels, side, side);
    line(y.name, String.format(Locale.ROOT, "self.pooled(%s, %d)", x.name, side));
    return y;
  }

  /** Bilinear, of another map's size. */
  Features resized(Features x, Features other) {
    String size =
        String.format(Locale.ROOT, "torch.size(%1$s, 2), torch.size(%1$s, 3)", other.name);
    return like(other, x.channels, "self.bilinear(" + x.name + ", " + size + ")");
  }

  /** Maps of one size behind each other. */
  Features joined(List<Features> maps) {
    int channels = maps.stream().mapToInt(Features::channels).sum();
    List<String> names = maps.stream().map(Features::name).toList();
    return like(maps.get(0), channels, "torch.cat([" + String.join(", ", names) + "], 1)");
  }

  /** Dropout of whole channels in training. */
  Features thinned(Features x) {
    int row = thinned;
    thinned += x.channels;
    return like(
        x, x.channels, String.format(Locale.ROOT, "self.thinned(%s, keep, %d)", x.name, row));
  }

  /**
   * A linear layer of rows.
   *
   * @param x an expression, rows x in
   * @return the variable, rows x out
   */
  String linear(String name, String x, int in, int out, double deviation) {
    int first = specs.size();
    addWeight(name, new Shape(out, in), deviation);
    addConstant(name + ".bias", out, Role.UNDECAYED, 0);
    flops += 2.0 * in * out;
    String variable = next();
    line(variable, String.format(Locale.ROOT, "self.full(%s, q, %d)", x, first));
    return variable;
  }

  private Features like(Features x, int channels, String expression) {
    var y = new Features(next(), channels, x.height, x.width);
    line(y.name, expression);
    return y;
  }

  private String next() {
    return "v" + variables++;
  }

  private void line(String variable, String expression) {
    lines.append("  ").append(variable).append(" = ").append(expression).append('\n');
  }

  private static String call(String method, Features x, int first, String more) {
    return String.format(Locale.ROOT, "self.%s(%s, q, %d%s)", method, x.name, first, more);
  }

  private void addWeight(String name, Shape shape, double deviation) {
    var normal = new Initialization.Normal(deviation);
    specs.add(new ParameterSpec(name + ".weight", shape, Role.DECAYED, normal));
  }

  private void addNorm(String name, int channels) {
    norm.requireFits(channels);
    addConstant(name + ".weight", channels, Role.UNDECAYED, 1);
    addConstant(name + ".bias", channels, Role.UNDECAYED, 0);
    if (norm.joinsImages()) {
      addConstant(name + ".running_mean", channels, Role.BUFFER, 0);
      addConstant(name + ".running_var", channels, Role.BUFFER, 1);
    }
  }

  private void addConstant(String name, int size, Role role, double value) {
    specs.add(new ParameterSpec(name, new Shape(size), role, new Initialization.Constant(value)));
  }
}
