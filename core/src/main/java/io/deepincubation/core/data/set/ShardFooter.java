package io.deepincubation.core.data.set;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageEncodingStats;
import org.apache.parquet.format.Util;

/**
 * A Parquet file's footer. Parquet lists a column's encodings in the order of a hash table, which
 * differs from process to process; here they are sorted, so that equal samples give equal files.
 */
final class ShardFooter {

  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

  /** The footer's length and the magic number. */
  private static final int TAIL = Integer.BYTES + MAGIC.length;

  private ShardFooter() {}

  /** Writes the footer anew, its lists sorted. */
  static void settle(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long tail = channel.size() - TAIL;
      int length = read(channel, tail, TAIL).getInt();
      long start = tail - length;
      FileMetaData footer =
          Util.readFileMetaData(new ByteArrayInputStream(read(channel, start, length).array()));
      footer
          .getRow_groups()
          .forEach(group -> group.getColumns().forEach(column -> sort(column.getMeta_data())));
      channel.truncate(start);
      write(channel, start, footer);
    }
  }

  private static void sort(ColumnMetaData column) {
    column.getEncodings().sort(Comparator.naturalOrder());
    if (column.isSetEncoding_stats()) {
      column
          .getEncoding_stats()
          .sort(
              Comparator.comparing(PageEncodingStats::getPage_type)
                  .thenComparing(PageEncodingStats::getEncoding));
    }
  }

  private static ByteBuffer read(FileChannel channel, long start, int length) throws IOException {
    var bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, start + bytes.position()) < 0) {
        throw new EOFException("expected " + length + " bytes from " + start);
      }
    }
    return bytes.flip();
  }

  private static void write(FileChannel channel, long start, FileMetaData footer)
      throws IOException {
    var text = new ByteArrayOutputStream();
    Util.writeFileMetaData(footer, text);
    var bytes = ByteBuffer.allocate(text.size() + TAIL).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(text.toByteArray()).putInt(text.size()).put(MAGIC).flip();
    while (bytes.hasRemaining()) {
      channel.write(bytes, start + bytes.position());
    }
  }
}
