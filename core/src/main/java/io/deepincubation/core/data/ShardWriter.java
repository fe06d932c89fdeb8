package io.deepincubation.core.data;

import io.deepincubation.core.checkpoint.Sha256;
import io.deepincubation.core.checkpoint.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;

/**
 * Writes shards of a prepared set, each by itself, so that tasks can share the work.
 *
 * <p>The index of an earlier preparation in the same folder stays as long as each shard written
 * equals the one it lists; the first that differs withdraws it. So no reader meets an index with
 * shards of two preparations, and a repeated preparation changes nothing.
 */
public final class ShardWriter {

  /** Bytes buffered before a row group is closed; images are compressed already. */
  private static final long ROW_GROUP_BYTES = 16L << 20;

  private final Storage target;
  private final Optional<DataIndex> earlier;

  /** Writes into the set's folder. */
  public ShardWriter(Storage target) {
    this.target = target;
    this.earlier = earlierIndex(target);
  }

  /**
   * Writes one shard, whole or not at all.
   *
   * @param split the split it belongs to
   * @param number its place in the split, from 0
   * @param samples what it holds: at least one, all of one image size
   * @throws UnfitDataException if a sample is no image, or images differ in size
   */
  public ShardFacts write(String split, int number, Iterator<Sample> samples) {
    String file = String.format("%s/part-%05d.parquet", split, number);
    var buffer = new MemoryFiles.Output();
    var statistics = new Statistics(file);
    try (ParquetWriter<Group> writer = writer(buffer)) {
      var groups = new SimpleGroupFactory(Shards.SCHEMA);
      while (samples.hasNext()) {
        Sample sample = samples.next();
        statistics.add(sample);
        writer.write(
            groups
                .newGroup()
                .append(Shards.IMAGE, Binary.fromConstantByteArray(sample.image()))
                .append(Shards.LABEL, sample.label()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot build shard " + file + " in memory", e);
    }
    return publish(split, statistics, buffer.bytes());
  }

  private ShardFacts publish(String split, Statistics statistics, byte[] bytes) {
    var shard =
        new DataIndex.Shard(statistics.file, statistics.count, Sha256.of(bytes), bytes.length);
    if (!isThere(split, shard)) {
      target.delete(DataIndex.FILE);
      target.write(shard.file(), stream -> stream.write(bytes));
    }
    return statistics.facts(split, shard);
  }

  private boolean isThere(String split, DataIndex.Shard shard) {
    return earlier.isPresent()
        && earlier.get().splits().getOrDefault(split, List.of()).contains(shard)
        && target.exists(shard.file())
        && target.length(shard.file()) == shard.bytes();
  }

  private static Optional<DataIndex> earlierIndex(Storage target) {
    try {
      return target.exists(DataIndex.FILE)
          ? Optional.of(PreparedSet.open(target).index())
          : Optional.empty();
    } catch (UnfitDataException e) {
      return Optional.empty();
    }
  }

  private static ParquetWriter<Group> writer(MemoryFiles.Output file) throws IOException {
    return ExampleParquetWriter.builder(file)
        .withType(Shards.SCHEMA)
        .withConf(new Configuration(false))
        .withCompressionCodec(CompressionCodecName.UNCOMPRESSED)
        .withRowGroupSize(ROW_GROUP_BYTES)
        .withDictionaryEncoding(Shards.IMAGE, false)
        .build();
  }

  /** Sums over a shard's pixels; whole numbers, so that their order does not matter. */
  private static final class Statistics {

    private final String file;
    private final long[] sums = new long[ImageCodec.CHANNELS];
    private final long[] squares = new long[ImageCodec.CHANNELS];
    private int count;
    private int height;
    private int width;
    private int maxLabel;

    Statistics(String file) {
      this.file = file;
    }

    void add(Sample sample) {
      Pixels pixels = decode(sample);
      if (count == 0) {
        height = pixels.height();
        width = pixels.width();
      }
      if (pixels.height() != height || pixels.width() != width) {
        throw new UnfitDataException(
            String.format(
                "Cannot write row %d of shard %s: expected an image of %d x %d pixels like the"
                    + " others, got %s; pass an image size to resize to",
                count, file, height, width, pixels.size()));
      }
      int plane = height * width;
      byte[] values = pixels.values();
      for (int i = 0; i < values.length; i++) {
        int value = values[i] & 0xFF;
        sums[i / plane] += value;
        squares[i / plane] += (long) value * value;
      }
      maxLabel = Math.max(maxLabel, sample.label());
      count++;
    }

    private Pixels decode(Sample sample) {
      try {
        return ImageCodec.decode(sample.image());
      } catch (IOException e) {
        throw new UnfitDataException(
            "Cannot write row " + count + " of shard " + file + ": " + e.getMessage(), e);
      }
    }

    ShardFacts facts(String split, DataIndex.Shard shard) {
      return new ShardFacts(
          split,
          shard,
          height,
          width,
          maxLabel,
          LongStream.of(sums).boxed().toList(),
          LongStream.of(squares).boxed().toList());
    }
  }
}
