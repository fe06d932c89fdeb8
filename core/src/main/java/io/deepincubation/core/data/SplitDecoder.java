package io.deepincubation.core.data;

import java.io.IOException;

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
    for (DataIndex.Shard shard : set.shards(split)) {
      String where = set.storage().uri() + "/" + shard.file();
      int rows =
          Shards.read(
              set.storage(),
              shard,
              (row, sample) -> sink.accept(pixels(where, row, sample), label(where, row, sample)));
      if (rows != shard.count()) {
        throw new UnfitDataException(
            String.format(
                "Cannot read shard %s: expected %d rows, got %d", where, shard.count(), rows));
      }
    }
  }

  /** The layout of the decoded split. */
  ImageFile layout() {
    DataIndex index = set.index();
    int count = set.shards(split).stream().mapToInt(DataIndex.Shard::count).sum();
    return new ImageFile(count, index.height(), index.width());
  }

  private byte[] pixels(String where, int row, Sample sample) {
    try {
      Pixels pixels = ImageCodec.decode(sample.image());
      if (pixels.height() != set.index().height() || pixels.width() != set.index().width()) {
        throw new IOException(
            String.format(
                "expected %d x %d pixels, got %s",
                set.index().height(), set.index().width(), pixels.size()));
      }
      return pixels.values();
    } catch (IOException e) {
      throw new UnfitDataException(
          "Cannot read row " + row + " of shard " + where + ": " + e.getMessage(), e);
    }
  }

  private int label(String where, int row, Sample sample) {
    int classes = set.index().classNames().size();
    if (sample.label() >= classes) {
      throw new UnfitDataException(
          String.format(
              "Cannot read row %d of shard %s: expected a label below %d, got %d",
              row, where, classes, sample.label()));
    }
    return sample.label();
  }
}
