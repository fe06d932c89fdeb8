package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.EncodedPicture;
import io.deepincubation.core.data.pixels.UnfitDataException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Row groups of a set as files, which are decoded at each use.
 *
 * @param set where they are
 * @param ranges reads its shards
 */
record EncodedGroups(PreparedSet set, RangeReader ranges) implements GroupReader {

  @Override
  public List<LabelledImage> read(DataIndex.Shard shard, int group) {
    var images = new ArrayList<LabelledImage>();
    for (StoredSample sample : Shards.read(ranges, shard, group, columns())) {
      images.add(image(sample, shard, group, images.size()));
    }
    return images;
  }

  private ShardColumns columns() {
    SceneForm scenes = set.index().scenes();
    return scenes == null ? ShardColumns.IMAGES : scenes.kind().columns();
  }

  private LabelledImage image(StoredSample sample, DataIndex.Shard shard, int group, int row) {
    int bound = set.index().labelBound();
    try {
      if (sample.label() >= bound) {
        throw new IOException("expected a label below " + bound + ", got " + sample.label());
      }
      return new LabelledImage(
          EncodedPicture.of(sample.content()), sample.label(), sample.annotation());
    } catch (IOException e) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read row %d of shard %s/%s: %s",
              firstRow(shard, group) + row,
              set.storage().uri(),
              shard.file(),
              e.getMessage()),
          e);
    }
  }

  private static int firstRow(DataIndex.Shard shard, int group) {
    return shard.rowGroups().subList(0, group).stream().mapToInt(DataIndex.RowGroup::count).sum();
  }
}
