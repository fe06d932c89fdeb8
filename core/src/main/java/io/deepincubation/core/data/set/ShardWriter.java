package io.deepincubation.core.data.set;

import io.deepincubation.core.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
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
 * <p>A shard's name has the beginning of its digest in it, so no shard ever takes the place of
 * another: an earlier set in the same folder stays whole until the index of the new one replaces
 * its own, and a repeated preparation writes nothing.
 */
public final class ShardWriter {

  /** Bytes buffered before a row group is closed; images are compressed already. */
  static final long ROW_GROUP_BYTES = 8L << 20;

  /** Rows between looks at the size of the row group. */
  private static final int ROWS_BETWEEN_CHECKS = 16;

  private final Storage target;

  /** Writes into the set's folder. */
  public ShardWriter(Storage target) {
    this.target = target;
  }

  /**
   * Writes one shard, whole or not at all. It is built in a temporary file of this machine.
   *
   * @param split the split it belongs to
   * @param number its place in the split, from 0
   * @param samples what it holds, at least one
   */
  public ShardFacts write(String split, int number, Iterator<FittedSample> samples) {
    try {
      Path file = Files.createTempFile("deep-incubation-shard-", ".parquet");
      try {
        ShardStatistics statistics = build(file, samples);
        ShardFooter.settle(file);
        DataIndex.Shard shard = ShardLayout.of(file, split, number);
        publish(file, shard);
        return statistics.facts(split, shard);
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(
              Locale.ROOT, "Cannot build shard %d of split %s: %s", number, split, e.getMessage()),
          e);
    }
  }

  private static ShardStatistics build(Path file, Iterator<FittedSample> samples)
      throws IOException {
    var statistics = new ShardStatistics();
    FittedSample first = samples.next();
    ShardColumns columns = first.content().columns();
    try (ParquetWriter<Group> writer = writer(file, columns)) {
      var groups = new SimpleGroupFactory(Shards.schema(columns));
      for (FittedSample sample = first; ; sample = samples.next()) {
        statistics.add(sample);
        writer.write(row(groups.newGroup(), columns, sample));
        if (!samples.hasNext()) {
          return statistics;
        }
      }
    }
  }

  private static Group row(Group row, ShardColumns columns, FittedSample sample) {
    List<byte[]> values = sample.content().values();
    for (int i = 0; i < values.size(); i++) {
      row.append(columns.names().get(i), Binary.fromConstantByteArray(values.get(i)));
    }
    return row.append(Shards.LABEL, sample.label());
  }

  private static ParquetWriter<Group> writer(Path file, ShardColumns columns) throws IOException {
    ExampleParquetWriter.Builder builder =
        ExampleParquetWriter.builder(new FileOutput(file))
            .withType(Shards.schema(columns))
            .withConf(new Configuration(false))
            .withCompressionCodec(CompressionCodecName.UNCOMPRESSED)
            .withRowGroupSize(ROW_GROUP_BYTES)
            .withMinRowCountForPageSizeCheck(ROWS_BETWEEN_CHECKS)
            .withMaxRowCountForPageSizeCheck(ROWS_BETWEEN_CHECKS);
    for (String name : columns.names()) {
      builder = builder.withDictionaryEncoding(name, false);
    }
    return builder.build();
  }

  private void publish(Path file, DataIndex.Shard shard) {
    boolean there = target.exists(shard.file()) && target.length(shard.file()) == shard.bytes();
    if (!there) {
      target.write(shard.file(), stream -> Files.copy(file, stream));
    }
  }
}
