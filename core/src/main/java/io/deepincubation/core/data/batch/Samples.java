package io.deepincubation.core.data.batch;

import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.set.SampleTable;
import io.deepincubation.core.recipe.AugmentationRecipe;

/** The samples of a split, of which networks get inputs. */
public sealed interface Samples permits ImageSamples, SceneSamples, TextSamples {

  /** The samples. */
  SampleTable table();

  /** Shape of one sample's input. */
  Shape shape();

  /**
   * The same samples as inputs of another size.
   *
   * @param side of square images in pixels
   * @throws IllegalArgumentException if the samples are no images with labels
   */
  default Samples at(int side) {
    throw new IllegalArgumentException(
        "Cannot make other inputs of these samples: expected images with labels");
  }

  /** Inputs as evaluation sees them after a training with this augmentation. */
  EvaluationInputs evaluated(AugmentationRecipe augmentation);

  /**
   * Inputs as training sees them.
   *
   * @param augmentation what is done to them
   * @param key what the draws are for
   */
  TrainingInputs trained(AugmentationRecipe augmentation, BatchKey key);

  /** Number of samples that training sees, where they are the training split's. */
  default int learnt() {
    return size();
  }

  /** Number of samples. */
  default int size() {
    return table().size();
  }
}
