package io.deepincubation.core.recipe;

/** What matrix products are computed in. Parameters, norms and the loss are fp32 in all of them. */
public enum Precision {
  /** Everything in 32 bits. */
  FP32,
  /** Matrix products and the element-wise work between them in bfloat16. */
  BF16,
  /** {@link #BF16} where the processor multiplies it natively, else {@link #FP32}. */
  AUTO
}
