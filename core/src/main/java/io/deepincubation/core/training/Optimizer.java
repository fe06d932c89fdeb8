package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.network.NetworkModule.Trainable;
import io.deepincubation.core.network.TensorCopies;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.OptimizerRecipe;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.HostArrays;
import io.deepincubation.core.script.ScriptProgram;
import io.deepincubation.core.script.TorchEngine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Turns sums of gradients into changed parameters. Lanes share the work: each clips and updates
 * some of the parameters.
 *
 * <p>The sum of the losses stays on the device until it is asked for, so that a step waits for
 * nothing.
 */
public final class Optimizer {

  /** Shares of the parameters are lists of their own, so that lanes update them side by side. */
  private static final String COMMON =
      """
      # others: the sums of the other lanes, one lane after the other
      def merge(self, sums: List[Tensor], others: List[Tensor]) -> Tensor:
        n = len(sums)
        for lane in range(torch.floordiv(len(others), n)):
          torch._foreach_add_(sums, torch.slice(others, lane * n, (lane + 1) * n))
        return sums[0]

      # the parameters of another device become these
      def take(self, own: List[Tensor], others: List[Tensor]) -> Tensor:
        torch._foreach_copy_(own, others)
        return own[0]

      def norm(self, g: List[Tensor]) -> Tensor:
        return torch.linalg_vector_norm(torch.stack(torch._foreach_norm(g)))

      # norms: of the shares
      def scale(self, norms: List[Tensor]) -> Tensor:
        norm = torch.linalg_vector_norm(torch.stack(norms))
        wanted = torch.div(torch.full_like(norm, BOUND), torch.add(norm, 1e-6))
        return torch.clamp(wanted, None, 1.)

      def shorten(self, scale: Tensor, g: List[Tensor]) -> Tensor:
        torch._foreach_mul_(g, scale)
        return scale

      """;

  private static final String DECAYED = "decayed";
  private static final String UNDECAYED = "undecayed";

  /** Name of the sums of losses among the kept state; one for each lane. */
  private static final String TOTAL = "total";

  private final NDManager manager;
  private final ScriptProgram program;
  private final NDList parameters;
  private final Map<String, NDList> state = new LinkedHashMap<>();
  private final List<GradientSums> sums = new ArrayList<>();
  private final List<List<Group>> shares;
  private final int clips;
  private final Lanes lanes;
  private final List<Replica> replicas;
  private final double bound;
  private final int accumulation;
  private int gathered;

  /** Values that a recipe's optimizer keeps for each trained parameter. */
  public static int stateOf(OptimizerRecipe recipe) {
    return UpdateRule.stateOf(recipe);
  }

  /** Prepares the update of some parameters on one device. */
  Optimizer(
      NDManager manager,
      List<List<Trainable>> trained,
      OptimizerRecipe recipe,
      double clipNorm,
      int accumulation,
      Lanes lanes) {
    this(manager, trained, recipe, clipNorm, accumulation, lanes, List.of());
  }

  /**
   * Prepares the update of some parameters.
   *
   * @param manager owns the optimizer's arrays
   * @param trained the parameters, in groups that are clipped each by the norm of its own gradients
   * @param recipe the rule and its constants
   * @param clipNorm largest gradient norm of a group; 0 for no clipping
   * @param accumulation backward passes, one after the other, whose mean gradient makes one step
   * @param lanes threads that each compute an equal part of a pass, and of the update
   * @param replicas the same parameters on the devices of the lanes after the first; none where all
   *     lanes share those of one
   */
  Optimizer(
      NDManager manager,
      List<List<Trainable>> trained,
      OptimizerRecipe recipe,
      double clipNorm,
      int accumulation,
      Lanes lanes,
      List<Replica> replicas) {
    this.replicas = List.copyOf(replicas);
    this.manager = manager;
    this.accumulation = accumulation;
    this.lanes = lanes;
    UpdateRule rule = UpdateRule.of(recipe);
    bound = rule.clipNorm() > 0 ? rule.clipNorm() : clipNorm;
    List<Trainable> all = trained.stream().flatMap(List::stream).toList();
    parameters = new NDList(all.stream().map(Trainable::array).toList());
    program =
        ScriptProgram.load(
            manager,
            GradientSums.GATHER
                + "\n"
                + COMMON.replace("BOUND", String.valueOf(bound))
                + source(rule, recipe.weightDecay()));
    shares = shares(all, bound > 0 ? clips(trained) : clips(List.of(all)), lanes.count());
    clips = bound > 0 ? trained.size() : 1;
    for (String name : rule.state()) {
      state.put(name, zeros(manager, name.equals(UpdateRule.COUNTER)));
    }
    for (int lane = 0; lane < lanes.count(); lane++) {
      sums.add(sums(lane == 0 || replicas.isEmpty() ? here() : replicas.get(lane - 1)));
    }
  }

  /**
   * Parameters on a device.
   *
   * @param manager owns arrays there
   * @param parameters in their order
   */
  record Replica(NDManager manager, NDList parameters) {}

  private Replica here() {
    return new Replica(manager, parameters);
  }

  private GradientSums sums(Replica replica) {
    NDManager there = replica.manager();
    return new GradientSums(
        replica.parameters(), zeros(there, /* scalars= */ false), program, there);
  }

  private NDList zeros(NDManager owner, boolean scalars) {
    var zeros = new NDList(parameters.size());
    for (NDArray parameter : parameters) {
      Shape shape = scalars ? new Shape() : parameter.getShape();
      zeros.add(owner.zeros(shape, DataType.FLOAT32));
    }
    return zeros;
  }

  /** The clip that each parameter belongs to. */
  private static List<Integer> clips(List<List<Trainable>> groups) {
    return IntStream.range(0, groups.size())
        .boxed()
        .flatMap(clip -> Collections.nCopies(groups.get(clip).size(), clip).stream())
        .toList();
  }

  /** Parameters of a share that are clipped together, learn at one rate, and decay or do not. */
  private record Group(String method, int clip, double rate, List<Integer> indices) {
    NDList of(NDList all) {
      return new NDList(indices.stream().map(all::get).toList());
    }
  }

  private static String source(UpdateRule rule, double decay) {
    String lists = String.join(", ", rule.state());
    String typedLists =
        rule.state().stream()
            .map(name -> name + ": List[Tensor]")
            .collect(Collectors.joining(", "));
    return rule.source()
        + "\n"
        + group(DECAYED, decay, typedLists, lists)
        + group(UNDECAYED, 0, typedLists, lists);
  }

  private static String group(String method, double decay, String typedLists, String lists) {
    return String.format(
        Locale.ROOT,
        """
        def %s(self, rate: Tensor, p: List[Tensor], g: List[Tensor], %s) -> Tensor:
          self.update(rate, %s, p, g, %s)
          return rate

        """,
        method,
        typedLists,
        decay,
        lists);
  }

  /** Deals the parameters out so that the shares are about equally large. */
  private static List<List<Group>> shares(List<Trainable> trained, List<Integer> clips, int count) {
    var indices = new ArrayList<List<Integer>>();
    var sizes = new long[count];
    for (int share = 0; share < count; share++) {
      indices.add(new ArrayList<>());
    }
    for (int i = 0; i < trained.size(); i++) {
      int smallest = 0;
      for (int share = 1; share < count; share++) {
        smallest = sizes[share] < sizes[smallest] ? share : smallest;
      }
      indices.get(smallest).add(i);
      sizes[smallest] += trained.get(i).array().size();
    }
    return indices.stream().map(share -> groups(trained, clips, share)).toList();
  }

  private static List<Group> groups(
      List<Trainable> trained, List<Integer> clips, List<Integer> share) {
    var groups = new ArrayList<Group>();
    for (int clip : share.stream().map(clips::get).collect(Collectors.toCollection(TreeSet::new))) {
      for (boolean decayed : new boolean[] {true, false}) {
        var byRate = new TreeMap<Double, List<Integer>>();
        share.stream()
            .filter(i -> clips.get(i) == clip && trained.get(i).decayed() == decayed)
            .forEach(
                i -> byRate.computeIfAbsent(trained.get(i).rate(), r -> new ArrayList<>()).add(i));
        byRate.forEach(
            (rate, indices) ->
                groups.add(new Group(decayed ? DECAYED : UNDECAYED, clip, rate, indices)));
      }
    }
    return List.copyOf(groups);
  }

  /**
   * The sums of one lane. Each lane has a thread of its own.
   *
   * @param lane from 0
   */
  public GradientSums sums(int lane) {
    return sums.get(lane);
  }

  /**
   * Ends a pass that every lane has gathered; the last one of a step's accumulation changes the
   * parameters.
   *
   * @param learningRate of the step
   */
  public void finishPass(double learningRate) {
    gathered++;
    if (gathered < accumulation) {
      return;
    }
    gathered = 0;
    sums.forEach(GradientSums::end);
    try (NDManager step = manager.newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      List<NDArray> scales = bound > 0 ? scales(step) : List.of();
      lanes.forEach(lane -> update(lane, learningRate, scales));
    }
    spread();
  }

  /** Gives the other devices the parameters of the first, after a change between steps too. */
  void spread() {
    if (replicas.isEmpty()) {
      return;
    }
    lanes.forEach(
        lane -> {
          if (lane > 0) {
            take(replicas.get(lane - 1));
          }
        });
  }

  private void take(Replica replica) {
    try (NDManager call = replica.manager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      var arguments = new NDList(ScriptProgram.listOf("own", replica.parameters()));
      arguments.addAll(ScriptProgram.listOf("others", parameters));
      program.call(call, "take", arguments);
    }
  }

  /** The factor of each clip's gradients. */
  private List<NDArray> scales(NDManager step) {
    var norms = new NDArray[clips][shares.size()];
    lanes.forEach(
        lane -> {
          try (NDManager share = step.newSubManager();
              GradientMode mode = GradientMode.frozen()) {
            for (int clip = 0; clip < clips; clip++) {
              norms[clip][lane] = norm(step, lengths(share, lane, clip));
            }
          }
        });
    return Arrays.stream(norms).map(ofShares -> scale(step, ofShares)).toList();
  }

  private NDArray scale(NDManager step, NDArray[] norms) {
    var all = new NDList(Arrays.stream(norms).filter(Objects::nonNull).toList());
    return program.call(step, "scale", ScriptProgram.listOf("norms", all)).head();
  }

  /** The norms of what a share has of a clip's gradients. */
  private NDList lengths(NDManager share, int lane, int clip) {
    var lengths = new NDList();
    for (Group group : shares.get(lane)) {
      if (group.clip() == clip) {
        NDList own = merged(share, group);
        lengths.add(program.call(share, "norm", ScriptProgram.listOf("g", own)).head());
      }
    }
    return lengths;
  }

  private @Nullable NDArray norm(NDManager step, NDList lengths) {
    if (lengths.isEmpty()) {
      return null;
    }
    return program.call(step, "norm", ScriptProgram.listOf("g", lengths)).head();
  }

  private void update(int lane, double learningRate, List<NDArray> scales) {
    try (NDManager share = manager.newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      NDManager host = TorchEngine.hostManager(share);
      for (Group group : shares.get(lane)) {
        NDList own =
            scales.isEmpty()
                ? merged(share, group)
                : shortened(share, group, scales.get(group.clip()));
        var arguments = new NDList(HostArrays.scalar(host, group.rate() * learningRate));
        arguments.addAll(ScriptProgram.listOf("p", group.of(parameters)));
        arguments.addAll(ScriptProgram.listOf("g", own));
        state.forEach(
            (name, arrays) -> arguments.addAll(ScriptProgram.listOf(name, group.of(arrays))));
        program.call(share, group.method(), arguments);
      }
    }
  }

  /** The sums of all lanes, in those of the first. */
  private NDList merged(NDManager share, Group group) {
    NDList own = group.of(sums.get(0).gradients());
    if (sums.size() > 1) {
      var arguments = new NDList(ScriptProgram.listOf("g", own));
      for (GradientSums other : sums.subList(1, sums.size())) {
        NDList others = brought(share, group.of(other.gradients()));
        arguments.addAll(ScriptProgram.listOf("others", others));
      }
      program.call(share, "merge", arguments);
    }
    return own;
  }

  /** Arrays of another device on this one. */
  private NDList brought(NDManager share, NDList arrays) {
    if (replicas.isEmpty()) {
      return arrays;
    }
    var brought = new NDList(arrays.size());
    for (NDArray array : arrays) {
      NDArray copy = array.toDevice(manager.getDevice(), /* copy= */ true);
      copy.attach(share);
      brought.add(copy);
    }
    return brought;
  }

  private NDList shortened(NDManager share, Group group, NDArray scale) {
    NDList own = group.of(sums.get(0).gradients());
    var arguments = new NDList(scale);
    arguments.addAll(ScriptProgram.listOf("g", own));
    program.call(share, "shorten", arguments);
    return own;
  }

  /** The sum of the steps' losses since the call before. Waits for the device. */
  public double takeTotalLoss() {
    return sums.stream().mapToDouble(GradientSums::takeTotal).sum();
  }

  /** What {@link #takeTotalLoss} would give now. Waits for the device. */
  double totalLoss() {
    return sums.stream().mapToDouble(GradientSums::totalLoss).sum();
  }

  /**
   * The state of the rule and the sums of losses, to be kept with the parameters: names are {@code
   * optimizer.KIND.N}.
   *
   * @param copies where they lie
   */
  public Map<String, Weights.Tensor> state(TensorCopies copies) {
    var tensors = new LinkedHashMap<String, Weights.Tensor>();
    kept()
        .forEach(
            (kind, arrays) -> {
              for (int i = 0; i < arrays.size(); i++) {
                String name = stateName(kind, i);
                tensors.put(name, copies.of(name, arrays.get(i)));
              }
            });
    return tensors;
  }

  /** Puts a kept state back, between steps. */
  public void restore(Weights kept) {
    kept()
        .forEach(
            (kind, arrays) -> {
              for (int i = 0; i < arrays.size(); i++) {
                arrays.get(i).set(kept.tensor(stateName(kind, i)).values());
              }
            });
  }

  private Map<String, NDList> kept() {
    var kept = new LinkedHashMap<>(state);
    kept.put(TOTAL, new NDList(sums.stream().map(GradientSums::total).toList()));
    return kept;
  }

  private static String stateName(String kind, int index) {
    return "optimizer." + kind + "." + index;
  }
}
