package io.deepincubation.core.training;

import io.deepincubation.core.recipe.OptimizerRecipe;
import java.util.List;
import java.util.Locale;

/**
 * How gradients change parameters, as the TorchScript of one method.
 *
 * <p>The method {@code update(self, rate: Tensor, decay: float, p, g, STATE...)} changes a group of
 * parameters {@code p} in place, given their gradients {@code g} and one {@code List[Tensor]} a
 * kind of state.
 */
sealed interface UpdateRule {

  /** A step counter: one scalar a parameter instead of a tensor of its shape. */
  String COUNTER = "steps";

  /** The names of the state lists in the order of the method's arguments. */
  List<String> state();

  /** Values of state that a rule keeps for each trained parameter. */
  static int stateOf(OptimizerRecipe recipe) {
    return (int) of(recipe).state().stream().filter(name -> !name.equals(COUNTER)).count();
  }

  /** The source of the method. */
  String source();

  /** The largest global gradient norm that the rule itself allows; 0 for no bound. */
  default double clipNorm() {
    return 0;
  }

  /** The rule of a recipe. */
  static UpdateRule of(OptimizerRecipe recipe) {
    return switch (recipe.rule()) {
      case ADAMW -> new AdamW(recipe.beta1(), recipe.beta2(), recipe.epsilon());
      case SGD -> new Sgd(recipe.momentum());
      case LAMB -> new Lamb(recipe.beta1(), recipe.beta2(), recipe.epsilon());
    };
  }

  /** Adam with decoupled weight decay (Loshchilov and Hutter, 2019). */
  record AdamW(double beta1, double beta2, double epsilon) implements UpdateRule {
    @Override
    public List<String> state() {
      return List.of("first", "second", COUNTER);
    }

    @Override
    public String source() {
      return String.format(
          Locale.ROOT,
          """
          def update(self, rate: Tensor, decay: float, p: List[Tensor], g: List[Tensor],
                     first: List[Tensor], second: List[Tensor], steps: List[Tensor]) -> None:
            torch._foreach_add_(steps, 1)
            unused = annotate(List[Tensor], [])
            torch._fused_adamw_(p, g, first, second, unused, steps, lr=rate, beta1=%s, beta2=%s,
                                weight_decay=decay, eps=%s, amsgrad=False, maximize=False)
            return None
          """,
          beta1,
          beta2,
          epsilon);
    }
  }

  /** Stochastic gradient descent with Nesterov momentum and an L2 penalty. */
  record Sgd(double momentum) implements UpdateRule {
    @Override
    public List<String> state() {
      return List.of("momentum");
    }

    @Override
    public String source() {
      return String.format(
          Locale.ROOT,
          """
          def update(self, rate: Tensor, decay: float, p: List[Tensor], g: List[Tensor],
                     momentum: List[Tensor]) -> None:
            torch._fused_sgd_(p, g, %2$s, weight_decay=decay, momentum=%1$s, lr=rate,
                              dampening=0.0, nesterov=%3$s, maximize=False, is_first_step=False)
            return None
          """,
          momentum,
          momentum > 0 ? "momentum" : "annotate(List[Tensor], [])",
          momentum > 0 ? "True" : "False");
    }
  }

  /**
   * Layer-wise adaptive moments (You et al., 2020), as the large-model baselines use it: gradients
   * are clipped to a global norm of 1, and the trust ratio is left out where there is no decay.
   */
  record Lamb(double beta1, double beta2, double epsilon) implements UpdateRule {
    @Override
    public List<String> state() {
      return List.of("first", "second", COUNTER);
    }

    @Override
    public double clipNorm() {
      return 1;
    }

    @Override
    public String source() {
      return String.format(
          Locale.ROOT,
          """
          def update(self, rate: Tensor, decay: float, p: List[Tensor], g: List[Tensor],
                     first: List[Tensor], second: List[Tensor], steps: List[Tensor]) -> None:
            torch._foreach_add_(steps, 1)
            for i in range(len(p)):
              m = torch.add_(torch.mul_(first[i], %1$s), g[i], alpha=1 - %1$s)
              v = torch.addcmul_(torch.mul_(second[i], %2$s), g[i], g[i], value=1 - %2$s)
              # In fp64: 1 - beta2 loses half its digits in fp32.
              step = torch.to(steps[i], 7)
              unbiased = torch.rsub(torch.pow(%1$s, step), 1)
              spread = torch.sqrt(torch.div(v, torch.rsub(torch.pow(%2$s, step), 1)))
              u = torch.div(torch.div(m, unbiased), torch.add(spread, %3$s))
              if torch.ne(decay, 0.):
                u = torch.add(u, p[i], alpha=decay)
                size = torch.linalg_vector_norm(p[i])
                change = torch.linalg_vector_norm(u)
                defined = torch.logical_and(torch.gt(size, 0), torch.gt(change, 0))
                trust = torch.where(defined, torch.div(size, change), torch.ones_like(size))
                u = torch.mul(u, trust)
              torch.sub_(p[i], torch.mul(u, rate))
            return None
          """,
          beta1,
          beta2,
          epsilon);
    }
  }
}
