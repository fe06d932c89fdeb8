package io.deepincubation.core.data.augment;

/**
 * What a training batch is for; every random draw of its images comes from these numbers.
 *
 * @param seed the recipe's seed
 * @param stage the stage's name
 * @param moduleIndex the module being trained, or -1 for a whole network
 */
public record BatchKey(long seed, String stage, int moduleIndex) {}
