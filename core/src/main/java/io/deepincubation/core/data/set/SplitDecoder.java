package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.source.Sample;
import java.io.IOException;
import java.util.Locale;

/** Decodes all images of a split, in order, from verified shards. */
final class SplitDecoder {

  private final PreparedSet set;
  private final String split;

  /** Will decode this split. */
  SplitDecoder(PreparedSet set, String split) {
    this.set = set;
    this.split = split;
  }

  /** Takes decoded images. */
  @FunctionalInterface
  interface Sink {
    /** Takes one: C x H x W unsigned bytes and its class. */
    void accept(byte[] pixels, int label) throws IOException;
  }

  /**
   * Decodes the split.
   *
   * @throws UnfitDataException if a shard is missing, changed, or holds what is no image
   * @throws IOException from the sink
   */
  void decode(Sink sink) throws IOException {
    var ranges = new StoredRanges(set.storage());
    for (DataIndex.Shard shard : set.shards(split)) {
      String where = set.storage().uri() + "/" + shard.file();
      int row = 0;
      for (int group = 0; group < shard.rowGroups().size(); group++) {
        for (Sample sample : Shards.read(ranges, shard, group)) {
          sink.accept(pixels(where, row, sample), label(where, row, sample));
          row++;
        }
      }
    }
  }

  /** The layout of the decoded split. */
  ImageFile layout() {
    DataIndex index = set.index();
    int count = set.shards(split).stream().mapToInt(DataIndex.Shard::count).sum();
    return new ImageFile(count, index.sizes().maxHeight(), index.sizes().maxWidth());
  }

  private byte[] pixels(String where, int row, Sample sample) {
    try {
      Pixels pixels = ImageCodec.decode(sample.image());
      if (!set.index().sizes().are(pixels.height(), pixels.width())) {
        throw new IOException("expected " + set.index().sizes() + " pixels, got " + pixels.size());
      }
      return pixels.values();
    } catch (IOException e) {
      throw new UnfitDataException(
          "Cannot read row " + row + " of shard " + where + ": " + e.getMessage(), e);
    }
  }

  private int label(String where, int row, Sample sample) {
    int classes = set.index().labels().labels();
    if (sample.label() >= classes) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read row %d of shard %s: expected a label below %d, got %d",
              row,
              where,
              classes,
              sample.label()));
    }
    return sample.label();
  }
}
