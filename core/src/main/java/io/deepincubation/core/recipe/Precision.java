package io.deepincubation.core.recipe;

import io.deepincubation.core.api.Stable;
import io.deepincubation.core.network.Arithmetic;
import java.util.function.Supplier;

/** What matrix products are computed in. Parameters, norms and the loss are fp32 in all of them. */
@Stable
public enum Precision {
  /** Everything in 32 bits. */
  FP32,
  /** Matrix products and the element-wise work between them in bfloat16. */
  BF16,
  /** {@link #BF16} where the processor multiplies it natively, else {@link #FP32}. */
  AUTO;

  /**
   * What this comes to.
   *
   * @param fastest arithmetic where the products are computed, asked for {@link #AUTO} alone
   */
  public Arithmetic arithmetic(Supplier<Arithmetic> fastest) {
    return switch (this) {
      case FP32 -> Arithmetic.FP32;
      case BF16 -> Arithmetic.BF16;
      case AUTO -> fastest.get();
    };
  }
}
