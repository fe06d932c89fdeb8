package io.deepincubation.core.method;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.run.ClassMeasures;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.training.ConfusionMatrix;
import org.jspecify.annotations.Nullable;

/**
 * What a committed network is worth on a split.
 *
 * @param images of the split
 * @param metrics all measures
 * @param classes the measures of each class
 * @param confusion how often images of each class were taken for each; null where an image may have
 *     several
 */
@Evolving
public record Measured(
    long images, Metrics metrics, ClassMeasures classes, @Nullable ConfusionMatrix confusion) {}
