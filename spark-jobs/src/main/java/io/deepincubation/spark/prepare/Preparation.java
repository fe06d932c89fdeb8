package io.deepincubation.spark.prepare;

import io.deepincubation.core.recipe.RecipeException;
import java.util.OptionalInt;

/**
 * What is made of what.
 *
 * @param from URI of the folder of the images
 * @param to URI of the folder of the training set
 * @param format how the images come
 * @param imageSize side that images are resized to, or empty to keep them as they are
 * @param imagesPerClass first training images of each class that are taken, or empty for all
 * @param shardSize images of a shard; a shard is held in memory while it is written
 * @param seed decides the order of the images
 */
public record Preparation(
    String from,
    String to,
    SourceFormat format,
    OptionalInt imageSize,
    OptionalInt imagesPerClass,
    int shardSize,
    long seed) {

  private static final int DEFAULT_SHARD_SIZE = 5000;
  private static final long DEFAULT_SEED = 42;

  /** Checks the numbers. */
  public Preparation {
    if (shardSize < 1 || imageSize.orElse(1) < 1 || imagesPerClass.orElse(1) < 1) {
      throw new RecipeException(
          String.format(
              "Cannot prepare a training set: expected a shard size, an image size and images per"
                  + " class from 1, got %d, %s and %s",
              shardSize, imageSize, imagesPerClass));
    }
  }

  /** Images as they are, 5000 a shard, in a format that is found out. */
  public static Preparation of(String from, String to) {
    return new Preparation(
        from,
        to,
        SourceFormat.AUTO,
        OptionalInt.empty(),
        OptionalInt.empty(),
        DEFAULT_SHARD_SIZE,
        DEFAULT_SEED);
  }

  /** The same with images of another format. */
  public Preparation format(SourceFormat other) {
    return new Preparation(from, to, other, imageSize, imagesPerClass, shardSize, seed);
  }

  /** The same with images resized to this side. */
  public Preparation imageSize(int side) {
    return new Preparation(from, to, format, OptionalInt.of(side), imagesPerClass, shardSize, seed);
  }

  /** The same with the first training images of each class only (Tab. 5). */
  public Preparation imagesPerClass(int images) {
    return new Preparation(from, to, format, imageSize, OptionalInt.of(images), shardSize, seed);
  }

  /** The same with this many images a shard. */
  public Preparation shardSize(int images) {
    return new Preparation(from, to, format, imageSize, imagesPerClass, images, seed);
  }

  /** The same in another order. */
  public Preparation seed(long other) {
    return new Preparation(from, to, format, imageSize, imagesPerClass, shardSize, other);
  }
}
