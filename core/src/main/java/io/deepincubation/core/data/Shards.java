package io.deepincubation.core.data;

import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;

import io.deepincubation.core.checkpoint.Sha256;
import io.deepincubation.core.checkpoint.Storage;
import java.io.IOException;
import java.io.InputStream;
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

  /** Takes the samples of a shard. */
  @FunctionalInterface
  interface Visitor {
    /** Takes one; the row counts from 0. */
    void visit(int row, Sample sample) throws IOException;
  }

  /**
   * Reads a shard whose bytes are those that the index promises.
   *
   * @return its rows
   * @throws UnfitDataException if the shard is missing or was changed
   * @throws IOException from the visitor
   */
  static int read(Storage storage, DataIndex.Shard shard, Visitor visitor) throws IOException {
    byte[] bytes = bytes(storage, shard);
    MessageColumnIO columns = new ColumnIOFactory().getColumnIO(SCHEMA);
    int row = 0;
    try (ParquetFileReader file = ParquetFileReader.open(new MemoryFiles.Input(bytes))) {
      for (PageReadStore group = file.readNextRowGroup();
          group != null;
          group = file.readNextRowGroup()) {
        RecordReader<Group> rows = columns.getRecordReader(group, new GroupRecordConverter(SCHEMA));
        for (long i = 0; i < group.getRowCount(); i++) {
          visitor.visit(row++, sample(rows.read()));
        }
      }
    }
    return row;
  }

  private static Sample sample(Group row) {
    return new Sample(row.getBinary(IMAGE, 0).getBytes(), row.getInteger(LABEL, 0));
  }

  private static byte[] bytes(Storage storage, DataIndex.Shard shard) {
    String where = storage.uri() + "/" + shard.file();
    if (!storage.exists(shard.file())) {
      throw new UnfitDataException(
          String.format(
              "Cannot read shard %s: expected the file that %s lists, got none; run `prepare`"
                  + " again",
              where, DataIndex.FILE));
    }
    try (InputStream stream = storage.open(shard.file())) {
      byte[] bytes = stream.readNBytes(Math.toIntExact(shard.bytes() + 1));
      String digest = Sha256.of(bytes);
      if (!digest.equals(shard.sha256())) {
        throw new UnfitDataException(
            String.format(
                "Cannot read shard %s: expected SHA-256 %s, got %s; the file was changed, run"
                    + " `prepare` again",
                where, shard.sha256(), digest));
      }
      return bytes;
    } catch (IOException e) {
      throw new UnfitDataException(
          "Cannot read shard " + where + ": expected a file, got " + e.getMessage(), e);
    }
  }
}
