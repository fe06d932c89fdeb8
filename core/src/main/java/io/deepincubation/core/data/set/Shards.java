package io.deepincubation.core.data.set;

import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.source.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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

  private Shards() {}

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
    MessageColumnIO columns = new ColumnIOFactory().getColumnIO(SCHEMA);
    RecordReader<Group> rows = columns.getRecordReader(group, new GroupRecordConverter(SCHEMA));
    var samples = new ArrayList<Sample>();
    for (long i = 0; i < group.getRowCount(); i++) {
      Group row = rows.read();
      samples.add(new Sample(row.getBinary(IMAGE, 0).getBytes(), row.getInteger(LABEL, 0)));
    }
    return samples;
  }
}
