package io.deepincubation.core.network;

import io.deepincubation.core.division.ModularDivision;
import java.util.Set;

/**
 * What {@link VisionTransformerGradients} keeps of an image until its backward pass: numbers of the
 * products' type, and the norms' statistics.
 */
final class VisionTransformerActivations {

  /** Mean and spread of a token. */
  private static final long STATISTICS = 2 * Float.BYTES;

  private final VisionTransformer model;
  private final long number;

  VisionTransformerActivations(VisionTransformer model, Arithmetic arithmetic) {
    this.model = model;
    number = arithmetic == Arithmetic.BF16 ? Short.BYTES : Float.BYTES;
  }

  /**
   * Bytes of one image.
   *
   * @param recompute whether only the layers' inputs are kept
   */
  long bytes(ModularDivision division, Set<Integer> trained, boolean recompute) {
    int first = trained.stream().min(Integer::compare).orElseThrow();
    long bytes = inBackwardPass();
    for (int i = first; i < division.moduleCount(); i++) {
      boolean all = trained.contains(i);
      int whole = division.depth(i) - (i == division.moduleCount() - 1 ? 1 : 0);
      bytes += recompute ? whole * residual() : whole * layer(all);
      if (i == division.moduleCount() - 1) {
        bytes += lastLayer(all);
      }
    }
    return recompute ? bytes + layer(/* trained= */ true) : bytes;
  }

  private long tokens(long bytesOfToken) {
    return model.tokens() * bytesOfToken;
  }

  private long residual() {
    return tokens(number * model.width());
  }

  private long layer(boolean trained) {
    long n = model.tokens();
    long weights = model.heads() * n * n * number;
    long attention = tokens(STATISTICS + (trained ? 6 : 4) * number * model.width());
    long mlp = tokens(STATISTICS + (trained ? 10 : 5) * number * model.width());
    return attention + weights + mlp;
  }

  /** Only the class token's query, projection and MLP are computed there. */
  private long lastLayer(boolean trained) {
    return tokens(STATISTICS + (trained ? 4 : 3) * number * model.width());
  }

  /** Gradients on their way through an MLP: of its output, its activation and its hidden values. */
  private long inBackwardPass() {
    return tokens(10 * number * model.width());
  }
}
