package io.deepincubation.core.data.batch;

import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.augment.Augmentation.Look;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.augment.Mix;
import io.deepincubation.core.data.set.TextTable;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.AugmentationRecipe;

/**
 * Texts as tokens, L, in training as in evaluation.
 *
 * @param table the texts
 */
public record TextSamples(TextTable table) implements Samples, EvaluationInputs, TrainingInputs {

  @Override
  public Shape shape() {
    return new Shape(table.length());
  }

  @Override
  public EvaluationInputs evaluated(AugmentationRecipe augmentation) {
    return this;
  }

  @Override
  public TrainingInputs trained(AugmentationRecipe augmentation, BatchKey key) {
    return this;
  }

  @Override
  public int values() {
    return table.length();
  }

  @Override
  public int write(int row, float[] into, int offset) {
    table.write(row, into, offset);
    return table.label(row);
  }

  @Override
  public int repeats() {
    return 1;
  }

  @Override
  public boolean areMixed() {
    return false;
  }

  @Override
  public int write(Look look, float[] into, int offset, Annotations annotations, int place) {
    return write(look.sample(), into, offset);
  }

  @Override
  public Mix mix(RandomStream random, float[] inputs, int size) {
    return new Mix.Unmixed();
  }
}
