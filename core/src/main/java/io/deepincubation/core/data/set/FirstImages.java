package io.deepincubation.core.data.set;

import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.data.annotation.SceneOverlay;
import io.deepincubation.core.data.pixels.ContactSheet;
import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.source.ImageSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A look at a prepared set. */
public final class FirstImages {

  private static final int MOST_IMAGES = 120;

  private FirstImages() {}

  /**
   * The first training images of a set, sorted by class; those of a dense task with what is
   * annotated on them.
   *
   * @throws UnfitDataException if a shard is missing or was changed
   */
  public static ContactSheet of(PreparedSet set) {
    var ranges = new StoredRanges(set.storage());
    SceneForm scenes = set.index().scenes();
    ShardColumns columns = scenes == null ? ShardColumns.IMAGES : scenes.kind().columns();
    var samples = new ArrayList<StoredSample>();
    for (DataIndex.Shard shard : set.shards(ImageSource.TRAIN)) {
      for (int group = 0; group < shard.rowGroups().size(); group++) {
        if (samples.size() < MOST_IMAGES) {
          samples.addAll(Shards.read(ranges, shard, group, columns));
        }
      }
    }
    List<Pixels> images =
        samples.stream()
            .limit(MOST_IMAGES)
            .sorted(Comparator.comparingInt(StoredSample::label))
            .map(sample -> pixels(sample, scenes))
            .toList();
    return ContactSheet.of(images);
  }

  private static Pixels pixels(StoredSample sample, @Nullable SceneForm scenes) {
    try {
      Pixels image = ImageCodec.decode(sample.content());
      if (scenes == null) {
        return image;
      }
      return switch (scenes.kind()) {
        case SEGMENTATION ->
            SceneOverlay.of(
                image,
                LabelMap.ofPng(sample.annotation()),
                Objects.requireNonNull(scenes.ignoredLabel()));
        case DETECTION -> SceneOverlay.of(image, SceneObjects.fromBytes(sample.annotation()));
      };
    } catch (IOException e) {
      throw new UnfitDataException("Cannot show an image: " + e.getMessage(), e);
    }
  }
}
