package io.deepincubation.core.data.set;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/**
 * A text as a set keeps it: the numbers of its tokens, 4 bytes each, the lowest first.
 *
 * @param tokens at least one
 */
public record FittedText(int[] tokens) implements Fitted {

  /**
   * Reads what {@link #bytes} gave.
   *
   * @throws IOException if it is not that
   */
  static FittedText of(byte[] bytes) throws IOException {
    if (bytes.length == 0 || bytes.length % Integer.BYTES != 0) {
      throw new IOException(
          String.format(
              Locale.ROOT, "expected tokens of 4 bytes each, got %d bytes", bytes.length));
    }
    var tokens = new int[bytes.length / Integer.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(tokens);
    return new FittedText(tokens);
  }

  @Override
  public byte[] bytes() {
    ByteBuffer bytes =
        ByteBuffer.allocate(tokens.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(tokens);
    return bytes.array();
  }

  @Override
  public ShardColumns columns() {
    return ShardColumns.TEXTS;
  }
}
