package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.ImageCodec;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Sums over a shard's samples; whole numbers, so that their order does not matter. */
final class ShardStatistics {

  private final long[] sums = new long[ImageCodec.CHANNELS];
  private final long[] squares = new long[ImageCodec.CHANNELS];
  private final TreeMap<Integer, Integer> labelCounts = new TreeMap<>();
  private Optional<ImageSizes> sizes = Optional.empty();
  private long pixels;
  private @Nullable SceneFacts scenes;

  void add(FittedSample sample) {
    if (sample.content() instanceof FittedImage image) {
      add(image);
    } else if (sample.content() instanceof FittedScene scene) {
      add(scene.image());
      scenes = (scenes == null ? SceneFacts.NONE : scenes).and(scene.facts());
    }
    labelCounts.merge(sample.label(), 1, Integer::sum);
  }

  private void add(FittedImage image) {
    ImageSizes own = ImageSizes.of(image.height(), image.width());
    sizes = Optional.of(sizes.map(others -> others.and(own)).orElse(own));
    pixels += (long) image.height() * image.width();
    for (int channel = 0; channel < ImageCodec.CHANNELS; channel++) {
      sums[channel] += image.sums()[channel];
      squares[channel] += image.squares()[channel];
    }
  }

  ShardFacts facts(String split, DataIndex.Shard shard) {
    return new ShardFacts(
        split,
        shard,
        sizes.orElse(null),
        pixels,
        labelCounts,
        LongStream.of(sums).boxed().toList(),
        LongStream.of(squares).boxed().toList(),
        scenes);
  }
}
