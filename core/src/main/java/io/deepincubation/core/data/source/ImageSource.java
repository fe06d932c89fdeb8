package io.deepincubation.core.data.source;

import io.deepincubation.core.data.pixels.UnfitDataException;
import java.util.Iterator;
import java.util.List;

/**
 * Labelled images that can become a prepared set. Every sample of a split has a fixed place, so
 * that several tasks can read ranges of it.
 */
public interface ImageSource {

  /** The training split's name in every prepared set. */
  String TRAIN = "train";

  /** The name of the split that accuracy is measured on. */
  String TEST = "test";

  /** Names of the classes; a sample's label is an index into them. */
  List<String> classNames();

  /** Names of the splits, {@link #TRAIN} first. */
  List<String> splits();

  /** Number of samples in a split. */
  long count(String split);

  /**
   * The samples of a split from one place up to another.
   *
   * @param from first place, inclusive
   * @param to last place, exclusive; at most {@link #count}
   * @throws UnfitDataException from the iterator, if a sample cannot be read
   */
  Iterator<Sample> samples(String split, long from, long to);

  /** The labels of a split's samples, in their order, without reading images. */
  int[] labels(String split);

  /** All samples of a split. */
  default Iterator<Sample> samples(String split) {
    return samples(split, 0, count(split));
  }
}
