package io.deepincubation.core.data.set;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/**
 * A file of which some parts are in memory.
 *
 * @param length of the whole file
 * @param parts what is there
 */
record SparseInput(long length, List<Part> parts) implements InputFile {

  /**
   * Consecutive bytes of the file.
   *
   * @param offset of the first
   * @param bytes all of them
   */
  record Part(long offset, byte[] bytes) {

    private boolean has(long position) {
      return position >= offset && position < offset + bytes.length;
    }
  }

  @Override
  public long getLength() {
    return length;
  }

  @Override
  public SeekableInputStream newStream() {
    return new Seekable(new Cursor(this));
  }

  private static final class Cursor extends InputStream {

    private final SparseInput input;
    private long position;

    Cursor(SparseInput input) {
      this.input = input;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
      if (position >= input.length()) {
        return -1;
      }
      Part part =
          input.parts().stream()
              .filter(candidate -> candidate.has(position))
              .findFirst()
              .orElseThrow(
                  () -> new EOFException("expected a part that was fetched, got " + position));
      int start = (int) (position - part.offset());
      int read = Math.min(count, part.bytes().length - start);
      System.arraycopy(part.bytes(), start, into, offset, read);
      position += read;
      return read;
    }
  }

  private static final class Seekable extends DelegatingSeekableInputStream {

    private final Cursor cursor;

    Seekable(Cursor cursor) {
      super(cursor);
      this.cursor = cursor;
    }

    @Override
    public long getPos() {
      return cursor.position;
    }

    @Override
    public void seek(long position) {
      cursor.position = position;
    }
  }
}
