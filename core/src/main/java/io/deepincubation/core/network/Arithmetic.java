package io.deepincubation.core.network;

import io.deepincubation.core.api.Evolving;

/**
 * What matrix products are computed in. Parameters, their sums of gradients, the norms' statistics
 * and the loss are fp32 in both.
 */
@Evolving
public enum Arithmetic {
  /** 32-bit floating point. */
  FP32,
  /** bfloat16 products with 32-bit accumulation, and bfloat16 between them. */
  BF16
}
