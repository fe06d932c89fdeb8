package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.UnfitDataException;
import java.util.List;

/** Gives the images of row groups. Safe for use by several threads. */
@FunctionalInterface
interface GroupReader {

  /**
   * The images of a row group.
   *
   * @param shard of the set
   * @param group which of the shard's row groups, from 0
   * @throws UnfitDataException if the shard is missing or was changed, or a row is no image
   */
  List<LabelledImage> read(DataIndex.Shard shard, int group);
}
