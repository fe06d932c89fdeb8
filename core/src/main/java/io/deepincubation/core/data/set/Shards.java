package io.deepincubation.core.data.set;

import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Types;

/** The Parquet form of samples, and its reader. */
final class Shards {

  static final String LABEL = "label";

  private static final MessageType LABELS =
      Types.buildMessage().required(INT32).named(LABEL).named("sample");

  private Shards() {}

  /** All columns of a shard. */
  static MessageType schema(ShardColumns columns) {
    Types.GroupBuilder<MessageType> schema = Types.buildMessage();
    for (String name : columns.names()) {
      schema = schema.required(BINARY).named(name);
    }
    return schema.required(INT32).named(LABEL).named("sample");
  }

  /**
   * The labels of a shard's samples, in order, of which no more is read than their column.
   *
   * @throws UnfitDataException if the shard is missing or was changed
   */
  static IntStream labels(Storage storage, DataIndex.Shard shard) {
    var labels = IntStream.builder();
    try (ParquetFileReader file = ParquetFileReader.open(storage.inputFile(shard.file()))) {
      file.setRequestedSchema(LABELS);
      for (DataIndex.RowGroup expected : shard.rowGroups()) {
        PageReadStore group = file.readNextRowGroup();
        if (group == null || group.getRowCount() != expected.count()) {
          throw new IOException("expected a row group of " + expected.count() + " samples");
        }
        RecordReader<Group> rows = reader(group, LABELS);
        for (int i = 0; i < expected.count(); i++) {
          labels.add(rows.read().getInteger(LABEL, 0));
        }
      }
      return labels.build();
    } catch (IOException e) {
      throw new UnfitDataException(
          "Cannot read the labels of shard " + shard.file() + ": " + e.getMessage(), e);
    }
  }

  private static RecordReader<Group> reader(PageReadStore group, MessageType schema) {
    MessageColumnIO columns = new ColumnIOFactory().getColumnIO(schema);
    return columns.getRecordReader(group, new GroupRecordConverter(schema));
  }

  /**
   * Reads a row group of a shard, of which no more is fetched than that and the footer.
   *
   * @param ranges gives the bytes
   * @param shard the shard
   * @param group which of its row groups, from 0
   * @param columns of the shard
   * @throws UnfitDataException if the shard is missing or was changed
   */
  static List<StoredSample> read(
      RangeReader ranges, DataIndex.Shard shard, int group, ShardColumns columns) {
    DataIndex.RowGroup facts = shard.rowGroups().get(group);
    var input =
        new SparseInput(
            shard.bytes(),
            List.of(
                new SparseInput.Part(
                    facts.range().offset(), ranges.read(shard.file(), facts.range())),
                new SparseInput.Part(
                    shard.footer().offset(), ranges.read(shard.file(), shard.footer()))));
    try (ParquetFileReader file = ParquetFileReader.open(input)) {
      return samples(file.readRowGroup(group), columns);
    } catch (IOException e) {
      throw new UnfitDataException(
          "Cannot read shard " + shard.file() + ": expected a Parquet file: " + e.getMessage(), e);
    }
  }

  private static List<StoredSample> samples(PageReadStore group, ShardColumns columns) {
    RecordReader<Group> rows = reader(group, schema(columns));
    var samples = new ArrayList<StoredSample>();
    for (long i = 0; i < group.getRowCount(); i++) {
      Group row = rows.read();
      List<byte[]> values =
          columns.names().stream().map(name -> row.getBinary(name, 0).getBytes()).toList();
      samples.add(new StoredSample(values, row.getInteger(LABEL, 0)));
    }
    return samples;
  }
}
