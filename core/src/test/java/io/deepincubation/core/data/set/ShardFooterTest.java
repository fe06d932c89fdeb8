package io.deepincubation.core.data.set;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.data.source.SyntheticShapes;
import io.deepincubation.core.storage.LocalStorage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardFooterTest {

  private static final int TAIL = 8;

  @TempDir private Path folder;

  private Path shard() throws IOException {
    var storage = new LocalStorage(folder);
    new PreparedSetWriter(storage).write(new SyntheticShapes(1, 8, 12, 4), 1, 12);
    return folder.resolve(PreparedSet.open(storage).shards("train").get(0).file());
  }

  /** The file as another process may write it: the encodings in another order. */
  private Path otherOrder(byte[] file) throws IOException {
    int length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(file.length - TAIL);
    int start = file.length - TAIL - length;
    FileMetaData footer = Util.readFileMetaData(new ByteArrayInputStream(file, start, length));
    footer
        .getRow_groups()
        .forEach(
            group ->
                group
                    .getColumns()
                    .forEach(column -> Collections.reverse(column.getMeta_data().getEncodings())));
    var out = new ByteArrayOutputStream();
    out.write(file, 0, start);
    Util.writeFileMetaData(footer, out);
    out.write(file, file.length - TAIL, TAIL);
    return Files.write(folder.resolve("other.parquet"), out.toByteArray());
  }

  @Test
  void theOrderOfEncodingsLeavesNoTrace() throws IOException {
    byte[] file = Files.readAllBytes(shard());
    Path other = otherOrder(file);
    assertThat(Arrays.equals(Files.readAllBytes(other), file)).isFalse();

    ShardFooter.settle(other);

    assertThat(Files.readAllBytes(other)).isEqualTo(file);
  }
}
