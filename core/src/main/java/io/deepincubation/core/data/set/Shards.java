package io.deepincubation.core.data.set;

import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.source.Sample;
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

  static final String IMAGE = "image";
  static final String LABEL = "label";
  static final MessageType SCHEMA =
      Types.buildMessage()
          .required(BINARY)
          .named(IMAGE)
          .required(INT32)
          .named(LABEL)
          .named("sample");

  private static final MessageType LABELS =
      Types.buildMessage().required(INT32).named(LABEL).named("sample");

  private Shards() {}

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
   * @throws UnfitDataException if the shard is missing or was changed
   */
  static List<Sample> read(RangeReader ranges, DataIndex.Shard shard, int group) {
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
      return samples(file.readRowGroup(group));
    } catch (IOException e) {
      throw new UnfitDataException(
          "Cannot read shard " + shard.file() + ": expected a Parquet file: " + e.getMessage(), e);
    }
  }

  private static List<Sample> samples(PageReadStore group) {
    RecordReader<Group> rows = reader(group, SCHEMA);
    var samples = new ArrayList<Sample>();
    for (long i = 0; i < group.getRowCount(); i++) {
      Group row = rows.read();
      samples.add(new Sample(row.getBinary(IMAGE, 0).getBytes(), row.getInteger(LABEL, 0)));
    }
    return samples;
  }
}
