package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.network.NetworkModule.Trainable;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.OptimizerRecipe;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.ScriptProgram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Turns sums of gradients into changed parameters: clipping and update in one native call.
 *
 * <p>The sum of the losses stays on the device until it is asked for, so that a step waits for
 * nothing.
 */
public final class Optimizer {

  private static final String COMMON =
      """
      def clip(self, g: List[Tensor], largest: float) -> None:
        norm = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(g)))
        wanted = torch.div(torch.full_like(norm, largest), torch.add(norm, 1e-6))
        scale = torch.clamp(wanted, None, 1.)
        torch._foreach_mul_(g, scale)
        return None

      def pick(self, all: List[Tensor], indices: List[int]) -> List[Tensor]:
        picked = annotate(List[Tensor], [])
        for i in indices:
          picked = torch.append(picked, all[i])
        return picked

      def merge(self, sums: List[Tensor], others: List[Tensor]) -> Tensor:
        torch._foreach_add_(sums, others)
        torch._foreach_zero_(others)
        return sums[0]

      """;

  /** Name of the sums of losses among the kept state; one for each lane. */
  private static final String TOTAL = "total";

  private final NDManager manager;
  private final ScriptProgram program;
  private final NDList parameters;
  private final Map<String, NDList> state = new LinkedHashMap<>();
  private final NDArray rate;
  private final List<GradientSums> sums = new ArrayList<>();
  private final int accumulation;
  private int gathered;

  /** Values that a recipe's optimizer keeps for each trained parameter. */
  public static int stateOf(OptimizerRecipe recipe) {
    return UpdateRule.stateOf(recipe);
  }

  /**
   * Prepares the update of some parameters.
   *
   * @param manager owns the optimizer's arrays
   * @param trained the parameters
   * @param recipe the rule and its constants
   * @param clipNorm largest global gradient norm; 0 for no clipping
   * @param accumulation backward passes, one after the other, whose mean gradient makes one step
   * @param lanes threads that each compute an equal part of a pass
   */
  public Optimizer(
      NDManager manager,
      List<Trainable> trained,
      OptimizerRecipe recipe,
      double clipNorm,
      int accumulation,
      int lanes) {
    this.manager = manager;
    this.accumulation = accumulation;
    UpdateRule rule = UpdateRule.of(recipe);
    parameters = new NDList(trained.stream().map(Trainable::array).toList());
    program =
        ScriptProgram.load(
            manager,
            GradientSums.GATHER
                + "\n"
                + COMMON
                + source(rule, trained, recipe.weightDecay(), clipNorm));
    for (String name : rule.state()) {
      state.put(name, zeros(name.equals(UpdateRule.COUNTER)));
    }
    for (int lane = 0; lane < lanes; lane++) {
      sums.add(new GradientSums(parameters, zeros(/* scalars= */ false), program, manager));
    }
    rate = manager.zeros(new Shape());
  }

  private NDList zeros(boolean scalars) {
    var zeros = new NDList(parameters.size());
    for (NDArray parameter : parameters) {
      Shape shape = scalars ? new Shape() : parameter.getShape();
      zeros.add(manager.zeros(shape, DataType.FLOAT32));
    }
    return zeros;
  }

  private static String source(
      UpdateRule rule, List<Trainable> trained, double decay, double clipNorm) {
    String lists = String.join(", ", rule.state());
    String typedLists =
        rule.state().stream()
            .map(name -> name + ": List[Tensor]")
            .collect(Collectors.joining(", "));
    double bound = rule.clipNorm() > 0 ? rule.clipNorm() : clipNorm;
    var apply = new StringBuilder();
    apply.append("def apply(self, rate: Tensor, p: List[Tensor], g: List[Tensor], ");
    apply.append(typedLists).append(") -> None:\n");
    if (bound > 0) {
      apply.append(String.format(Locale.ROOT, "  self.clip(g, %s)%n", bound));
    }
    for (boolean decayed : new boolean[] {true, false}) {
      apply.append(group(rule, trained, decayed, decayed ? decay : 0));
    }
    apply.append("  return None\n\n");
    String finish =
        """
        def finish(self, rate: Tensor, p: List[Tensor], sums: List[Tensor], %1$s) -> Tensor:
          self.apply(rate, p, sums, %2$s)
          torch._foreach_zero_(sums)
          return rate
        """;
    return rule.source() + "\n" + apply + String.format(finish, typedLists, lists);
  }

  private static String group(
      UpdateRule rule, List<Trainable> trained, boolean decayed, double decay) {
    List<Integer> indices =
        IntStream.range(0, trained.size())
            .filter(i -> trained.get(i).decayed() == decayed)
            .boxed()
            .toList();
    if (indices.isEmpty()) {
      return "";
    }
    String picked =
        rule.state().stream()
            .map(name -> String.format("self.pick(%s, chosen)", name))
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "  chosen = %s%n  self.update(rate, %s, self.pick(p, chosen), self.pick(g, chosen), %s)%n",
        indices,
        decay,
        picked);
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
    try (NDManager step = manager.newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      NDList all = sums.get(0).gradients();
      for (GradientSums others : sums.subList(1, sums.size())) {
        var pair = new NDList(ScriptProgram.listOf("sums", all));
        pair.addAll(ScriptProgram.listOf("others", others.gradients()));
        program.call(step, "merge", pair);
      }
      setRate(learningRate);
      var finish = new NDList(rate);
      finish.addAll(ScriptProgram.listOf("parameters", parameters));
      finish.addAll(ScriptProgram.listOf("sums", all));
      addState(finish);
      program.call(step, "finish", finish);
    }
  }

  private void setRate(double learningRate) {
    rate.set(new float[] {(float) learningRate});
  }

  private void addState(NDList arguments) {
    state.forEach((name, arrays) -> arguments.addAll(ScriptProgram.listOf(name, arrays)));
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
   */
  public Map<String, Weights.Tensor> state() {
    var tensors = new LinkedHashMap<String, Weights.Tensor>();
    kept()
        .forEach(
            (kind, arrays) -> {
              for (int i = 0; i < arrays.size(); i++) {
                NDArray array = arrays.get(i);
                List<Long> shape = Arrays.stream(array.getShape().getShape()).boxed().toList();
                tensors.put(stateName(kind, i), new Weights.Tensor(shape, array.toFloatArray()));
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
