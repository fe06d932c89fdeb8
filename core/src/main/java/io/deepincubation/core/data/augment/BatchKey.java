package io.deepincubation.core.data.augment;

import io.deepincubation.core.data.augment.Augmentation.Look;
import io.deepincubation.core.random.RandomStream;

/**
 * What a training batch is for; every random draw of its images comes from these numbers.
 *
 * @param seed the recipe's seed
 * @param stage the stage's name
 * @param moduleIndex the module being trained, or -1 for a whole network
 */
public record BatchKey(long seed, String stage, int moduleIndex) {

  /**
   * The draws of a look at an image.
   *
   * @param part what they are for
   */
  RandomStream stream(Look look, long part) {
    return RandomStream.of(
        seed,
        RandomStream.part(stage),
        moduleIndex,
        look.epoch(),
        look.sample(),
        part + look.repeat());
  }
}
