package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.ContactSheet;
import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.data.source.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A look at a prepared set. */
public final class FirstImages {

  private static final int MOST_IMAGES = 120;

  private FirstImages() {}

  /**
   * The first training images of a set, sorted by class.
   *
   * @throws UnfitDataException if a shard is missing or was changed
   */
  public static ContactSheet of(PreparedSet set) {
    var ranges = new StoredRanges(set.storage());
    var samples = new ArrayList<Sample>();
    for (DataIndex.Shard shard : set.shards(ImageSource.TRAIN)) {
      for (int group = 0; group < shard.rowGroups().size(); group++) {
        if (samples.size() < MOST_IMAGES) {
          samples.addAll(Shards.read(ranges, shard, group));
        }
      }
    }
    List<Pixels> images =
        samples.stream()
            .limit(MOST_IMAGES)
            .sorted(Comparator.comparingInt(Sample::label))
            .map(FirstImages::pixels)
            .toList();
    return ContactSheet.of(images);
  }

  private static Pixels pixels(Sample sample) {
    try {
      return ImageCodec.decode(sample.image());
    } catch (IOException e) {
      throw new UnfitDataException("Cannot show an image: " + e.getMessage(), e);
    }
  }
}
