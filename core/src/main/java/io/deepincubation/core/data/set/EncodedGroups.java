package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.EncodedPicture;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.source.Sample;
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
    for (Sample sample : Shards.read(ranges, shard, group)) {
      images.add(image(sample, shard, group, images.size()));
    }
    return images;
  }

  private LabelledImage image(Sample sample, DataIndex.Shard shard, int group, int row) {
    int classes = set.index().labels().labels();
    try {
      if (sample.label() >= classes) {
        throw new IOException("expected a label below " + classes + ", got " + sample.label());
      }
      return new LabelledImage(EncodedPicture.of(sample.image()), sample.label());
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
