package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
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
        for (StoredSample sample : Shards.read(ranges, shard, group, ShardColumns.IMAGES)) {
          sink.accept(pixels(where, row, sample), label(where, row, sample));
          row++;
        }
      }
    }
  }

  /** The layout of the decoded split. */
  ImageFile layout() {
    int count = set.shards(split).stream().mapToInt(DataIndex.Shard::count).sum();
    return new ImageFile(count, set.sizes().maxHeight(), set.sizes().maxWidth());
  }

  private byte[] pixels(String where, int row, StoredSample sample) {
    try {
      Pixels pixels = ImageCodec.decode(sample.content());
      if (!set.sizes().are(pixels.height(), pixels.width())) {
        throw new IOException("expected " + set.sizes() + " pixels, got " + pixels.size());
      }
      return pixels.values();
    } catch (IOException e) {
      throw new UnfitDataException(
          "Cannot read row " + row + " of shard " + where + ": " + e.getMessage(), e);
    }
  }

  private int label(String where, int row, StoredSample sample) {
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
