package io.deepincubation.core.network;

/**
 * What matrix products are computed in. Parameters, their sums of gradients, the norms' statistics
 * and the loss are fp32 in both.
 */
public enum Arithmetic {
  /** 32-bit floating point. */
  FP32,
  /** bfloat16 products with 32-bit accumulation, and bfloat16 between them. */
  BF16
}
