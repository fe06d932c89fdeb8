package io.deepincubation.core.advice;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.ImageSizes;
import io.deepincubation.core.data.source.ImageSource;

/**
 * What a recipe is written for.
 *
 * @param images of the training split
 * @param classes of them
 * @param sizes of all images
 */
public record ImageSet(int images, int classes, ImageSizes sizes) {

  /**
   * What a prepared set holds.
   *
   * @param where the set's URI, for messages
   * @throws UnfitDataException if samples are texts
   */
  public static ImageSet of(DataIndex index, String where) {
    return new ImageSet(
        Math.toIntExact(index.count(ImageSource.TRAIN)),
        index.classNames().size(),
        index.requireImages(where));
  }
}
