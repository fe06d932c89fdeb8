package io.deepincubation.core.data.batch;

import org.jspecify.annotations.Nullable;

/**
 * Samples to be classified, with the right answers.
 *
 * @param inputs B x C x H x W of normalised images, or B x L of tokens, row-major; what follows
 *     means nothing
 * @param labels B, each of a class or of a set of them; of a dense task they mean nothing
 * @param first place of the first sample in its split, from 0
 * @param size B; 1 of a dense task
 * @param scene of a dense task, whose input is 1 x C x its height x its width; else null
 */
public record EvaluationBatch(
    float[] inputs, int[] labels, int first, int size, @Nullable EvaluatedScene scene) {

  /** Samples that have labels. */
  public EvaluationBatch(float[] inputs, int[] labels, int first, int size) {
    this(inputs, labels, first, size, null);
  }
}
