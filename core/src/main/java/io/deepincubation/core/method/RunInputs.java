package io.deepincubation.core.method;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What a run's stages depend on beside their recipe.
 *
 * @param dataDigest SHA-256 of the prepared set
 * @param initialWeightsDigest of the recipe's {@code initial-weights}; null for random ones
 */
public record RunInputs(String dataDigest, @Nullable String initialWeightsDigest)
    implements Serializable {}
