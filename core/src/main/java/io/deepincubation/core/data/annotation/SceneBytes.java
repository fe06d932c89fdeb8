package io.deepincubation.core.data.annotation;

import io.deepincubation.core.data.pixels.UnfitDataException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * The bytes of an image's objects: the format's version, the image's height and width, the number
 * of objects; of each its class, flags, box, area and, where it has one, its mask's counts; and a
 * checksum (CRC-32) of all before. Whole numbers are in groups of seven bits, the low ones first,
 * 0x80 where more follow; others are IEEE 754 doubles, the highest byte first.
 */
final class SceneBytes {

  private static final int VERSION = 1;
  private static final int CHECKSUM = Integer.BYTES;
  private static final int CROWD = 1;
  private static final int MASK = 2;
  private static final int BITS = 7;
  private static final int MORE = 1 << BITS;

  private SceneBytes() {}

  static byte[] write(SceneObjects scene) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      writeNumber(scene.height(), out);
      writeNumber(scene.width(), out);
      writeNumber(scene.objects().size(), out);
      for (SceneObject object : scene.objects()) {
        write(object, out);
      }
      out.writeInt(checksum(bytes.toByteArray(), bytes.size()));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write objects to memory", e);
    }
    return bytes.toByteArray();
  }

  private static void write(SceneObject object, DataOutputStream out) throws IOException {
    RunLengths mask = object.mask();
    writeNumber(object.classIndex(), out);
    out.writeByte((object.crowd() ? CROWD : 0) | (mask == null ? 0 : MASK));
    Box box = object.box();
    for (double value : new double[] {box.x0(), box.y0(), box.x1(), box.y1(), object.area()}) {
      out.writeDouble(value);
    }
    if (mask != null) {
      int[] counts = mask.counts();
      writeNumber(counts.length, out);
      for (int count : counts) {
        writeNumber(count, out);
      }
    }
  }

  static SceneObjects read(byte[] bytes) throws IOException {
    int end = bytes.length - CHECKSUM;
    if (end < 1 || ByteBuffer.wrap(bytes).getInt(end) != checksum(bytes, end)) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "expected objects with their checksum, got %d bytes that are cut off or altered",
              bytes.length));
    }
    if (bytes[0] != VERSION) {
      throw new IOException("expected objects of version " + VERSION + ", got " + bytes[0]);
    }
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes, 1, end - 1))) {
      return scene(in);
    } catch (UnfitDataException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static SceneObjects scene(DataInputStream in) throws IOException {
    int height = readNumber(in);
    int width = readNumber(in);
    int count = readNumber(in);
    List<SceneObject> objects = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      objects.add(object(height, width, in));
    }
    if (in.available() > 0) {
      throw new IOException("expected " + count + " objects, got more bytes");
    }
    return new SceneObjects(height, width, objects);
  }

  private static SceneObject object(int height, int width, DataInputStream in) throws IOException {
    int classIndex = readNumber(in);
    int flags = in.readUnsignedByte();
    var box = new Box(in.readDouble(), in.readDouble(), in.readDouble(), in.readDouble());
    double area = in.readDouble();
    RunLengths mask = (flags & MASK) == 0 ? null : mask(height, width, in);
    return new SceneObject(classIndex, box, mask, (flags & CROWD) != 0, area);
  }

  private static RunLengths mask(int height, int width, DataInputStream in) throws IOException {
    int size = readNumber(in);
    if (size > in.available()) {
      throw new EOFException("expected " + size + " run lengths, got fewer bytes");
    }
    int[] counts = new int[size];
    for (int i = 0; i < size; i++) {
      counts[i] = readNumber(in);
    }
    return RunLengths.ofCounts(counts, height, width);
  }

  private static void writeNumber(int number, DataOutputStream out) throws IOException {
    int rest = number;
    while (rest >= MORE) {
      out.writeByte(rest | MORE);
      rest >>>= BITS;
    }
    out.writeByte(rest);
  }

  private static int readNumber(DataInputStream in) throws IOException {
    long number = 0;
    int shift = 0;
    int group;
    do {
      group = in.readUnsignedByte();
      number |= (long) (group & (MORE - 1)) << shift;
      shift += BITS;
    } while ((group & MORE) != 0 && shift < Integer.SIZE);
    if (number > Integer.MAX_VALUE || (group & MORE) != 0) {
      throw new IOException("expected numbers up to 2^31 - 1, got " + number);
    }
    return (int) number;
  }

  private static int checksum(byte[] bytes, int end) {
    var checksum = new CRC32();
    checksum.update(bytes, 0, end);
    return (int) checksum.getValue();
  }
}
