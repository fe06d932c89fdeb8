package io.deepincubation.core.testing;

import io.deepincubation.core.random.RandomStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * Picture files with changed rows, with changed bits, bytes and lengths, cut, or with bytes put in
 * and taken out.
 */
final class Damage {

  private static final int PNG_START = 8;

  private Damage() {}

  static byte[] of(byte[] whole, RandomStream random) {
    byte[] file = isPng(whole) && random.nextDouble() < 0.4 ? withOtherRows(whole, random) : whole;
    file = file.clone();
    int changes = (int) (1.5 * random.nextDouble() / random.nextDouble());
    for (int i = 0; i < Math.min(5, changes) && file.length > 0; i++) {
      file = changed(file, random);
    }
    return random.nextDouble() < 0.7 ? withChecksums(file) : file;
  }

  private static byte[] changed(byte[] file, RandomStream random) {
    int at = place(file, random);
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> file[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
      case 3 -> file[at] = (byte) random.nextInt(256);
      case 4 -> file[at] = (byte) (random.nextDouble() < 0.5 ? 0xFF : 0);
      case 5 -> {
        return Arrays.copyOf(file, at);
      }
      case 6 -> {
        return spliced(file, at, random.nextInt(5), new byte[0]);
      }
      default -> {
        byte[] more = new byte[1 + random.nextInt(4)];
        random.nextBytes(more);
        return spliced(file, at, 0, more);
      }
    }
    return file;
  }

  /** Half of the places are in the first 64 bytes, where headers are. */
  private static int place(byte[] file, RandomStream random) {
    int until = random.nextDouble() < 0.5 ? Math.min(64, file.length) : file.length;
    return random.nextInt(until);
  }

  private static byte[] spliced(byte[] file, int at, int without, byte[] more) {
    int rest = Math.min(file.length, at + without);
    ByteBuffer spliced = ByteBuffer.allocate(file.length - (rest - at) + more.length);
    return spliced.put(file, 0, at).put(more).put(file, rest, file.length - rest).array();
  }

  private static boolean isPng(byte[] file) {
    return file.length > 1 && file[1] == 'P';
  }

  /** With a change before compression, of a filter, a palette's index or a level. */
  private static byte[] withOtherRows(byte[] file, RandomStream random) {
    int at = PNG_START;
    ByteBuffer buffer = ByteBuffer.wrap(file);
    while (file[at + 5] != 'D') {
      at += 12 + buffer.getInt(at);
    }
    try {
      byte[] data = Arrays.copyOfRange(file, at + 8, at + 8 + buffer.getInt(at));
      byte[] rows = new InflaterInputStream(new ByteArrayInputStream(data)).readAllBytes();
      rows[random.nextInt(rows.length)] = (byte) random.nextInt(256);
      var bytes = new ByteArrayOutputStream();
      try (var deflating = new DeflaterOutputStream(bytes)) {
        deflating.write(rows);
      }
      byte[] changed = spliced(file, at + 8, data.length, bytes.toByteArray());
      ByteBuffer.wrap(changed).putInt(at, bytes.size());
      return withChecksums(changed);
    } catch (IOException e) {
      return file; // its rows come in pieces
    }
  }

  /** With right checksums of PNG chunks, so that what they hold is looked at. */
  private static byte[] withChecksums(byte[] file) {
    ByteBuffer buffer = ByteBuffer.wrap(file);
    int at = PNG_START;
    while (isPng(file) && at + 12 <= file.length) {
      int length = buffer.getInt(at);
      if (length < 0 || length > file.length - at - 12) {
        return file;
      }
      var sum = new CRC32();
      sum.update(file, at + 4, 4 + length);
      buffer.putInt(at + 8 + length, (int) sum.getValue());
      at += 12 + length;
    }
    return file;
  }
}
