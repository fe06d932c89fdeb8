package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.ImageCodec;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** Sums over a shard's images; whole numbers, so that their order does not matter. */
final class ShardStatistics {

  private final long[] sums = new long[ImageCodec.CHANNELS];
  private final long[] squares = new long[ImageCodec.CHANNELS];
  private final TreeMap<Integer, Integer> labelCounts = new TreeMap<>();
  private Optional<ImageSizes> sizes = Optional.empty();
  private long pixels;

  void add(FittedSample sample) {
    FittedImage image = sample.image();
    ImageSizes own = ImageSizes.of(image.height(), image.width());
    sizes = Optional.of(sizes.map(others -> others.and(own)).orElse(own));
    pixels += (long) image.height() * image.width();
    for (int channel = 0; channel < ImageCodec.CHANNELS; channel++) {
      sums[channel] += image.sums()[channel];
      squares[channel] += image.squares()[channel];
    }
    labelCounts.merge(sample.label(), 1, Integer::sum);
  }

  ShardFacts facts(String split, DataIndex.Shard shard) {
    return new ShardFacts(
        split,
        shard,
        sizes.orElseThrow(),
        pixels,
        labelCounts,
        LongStream.of(sums).boxed().toList(),
        LongStream.of(squares).boxed().toList());
  }
}
