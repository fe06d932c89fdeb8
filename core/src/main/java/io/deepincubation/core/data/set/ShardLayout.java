package io.deepincubation.core.data.set;

import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Sha256;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.io.InputFile;

/** Finds out where a Parquet file's row groups lie, and digests them. */
final class ShardLayout {

  private static final int DIGITS_OF_NAME = 12;

  private ShardLayout() {}

  static DataIndex.Shard of(Path file, String split, int number) throws IOException {
    List<BlockMetaData> blocks = blocks(file);
    try (FileChannel channel = FileChannel.open(file)) {
      var groups = new ArrayList<DataIndex.RowGroup>();
      long end = 0;
      for (BlockMetaData block : blocks) {
        long start = block.getStartingPos();
        end = start + block.getCompressedSize();
        groups.add(
            new DataIndex.RowGroup(
                Math.toIntExact(block.getRowCount()), range(channel, start, end)));
      }
      FileRange footer = range(channel, end, channel.size());
      String digest = digest(file);
      String name =
          String.format(
              Locale.ROOT,
              "%s/part-%05d-%s.parquet",
              split,
              number,
              digest.substring(0, DIGITS_OF_NAME));
      int count = groups.stream().mapToInt(DataIndex.RowGroup::count).sum();
      return new DataIndex.Shard(name, count, digest, Files.size(file), groups, footer);
    }
  }

  private static String digest(Path file) throws IOException {
    try (InputStream stream = Files.newInputStream(file)) {
      return Sha256.of(stream);
    }
  }

  private static List<BlockMetaData> blocks(Path file) throws IOException {
    try (ParquetFileReader reader = ParquetFileReader.open(inputFile(file))) {
      return reader.getFooter().getBlocks();
    }
  }

  private static InputFile inputFile(Path file) {
    return new LocalStorage(file.toAbsolutePath().resolveSibling(""))
        .inputFile(file.getFileName().toString());
  }

  private static FileRange range(FileChannel channel, long start, long end) throws IOException {
    var bytes = ByteBuffer.allocate(Math.toIntExact(end - start));
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, start + bytes.position()) < 0) {
        throw new EOFException("expected " + bytes.capacity() + " bytes from " + start);
      }
    }
    return new FileRange(start, bytes.capacity(), Sha256.of(bytes.array()));
  }
}
