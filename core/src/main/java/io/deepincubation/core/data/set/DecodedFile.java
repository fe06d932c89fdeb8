package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.EncodedPicture;
import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.StoredPixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * The form in which a node keeps the decoded images of a row group: a magic number and N; label,
 * rows, columns and form of each image; their H x 3 x W bytes, one after the other; the CRC-32 of
 * all that. Numbers are big-endian.
 *
 * <p>Images whose shorter side has twice the pixels that the network sees, or more, are kept as
 * files: they would fill the disk, and training may decode them at a part of their resolution.
 */
final class DecodedFile {

  /** The end of a file's name; counts up with the layout. */
  static final String SUFFIX = ".v1.pixels";

  /** Spells "DIpixels". */
  private static final long MAGIC = 0x4449706978656C73L;

  /** In the place of a file's length: the image is decoded. */
  private static final int DECODED = -1;

  private static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;
  private static final int ENTRY_BYTES = 4 * Integer.BYTES;
  private static final int PIECE = 1 << 16;
  private static final byte[] NO_FILE = {};

  private DecodedFile() {}

  /**
   * An image of a file.
   *
   * @param label its class
   * @param height rows
   * @param width columns
   * @param start of its bytes in the file
   * @param file a JPEG or PNG file; empty where the image is decoded
   */
  record Entry(int label, int height, int width, long start, byte[] file) {

    /** Whether the image is decoded. */
    boolean isDecoded() {
      return file.length == 0;
    }

    private long bytes() {
      return isDecoded() ? (long) ImageCodec.CHANNELS * height * width : file.length;
    }
  }

  /** Whether an image is kept decoded; of files alone there is nothing to gain. */
  static boolean decodesAny(List<LabelledImage> images, int side) {
    return images.stream().anyMatch(image -> file(image.picture(), side).isEmpty());
  }

  /** The length of a file of these images. */
  static long bytes(List<LabelledImage> images, int side) {
    long content = 0;
    for (LabelledImage image : images) {
      Picture picture = image.picture();
      long pixels = (long) ImageCodec.CHANNELS * picture.height() * picture.width();
      content += file(picture, side).map(file -> (long) file.length).orElse(pixels);
    }
    return HEADER_BYTES + (long) images.size() * ENTRY_BYTES + content + Long.BYTES;
  }

  /**
   * Decodes images into a file.
   *
   * @throws UnfitDataException if one cannot be decoded
   */
  static void write(Path file, List<LabelledImage> images, int side) throws IOException {
    try (OutputStream stream = Files.newOutputStream(file)) {
      var checked = new CheckedOutputStream(stream, new CRC32());
      var out = new DataOutputStream(checked);
      out.write(table(images, side).array());
      for (LabelledImage image : images) {
        out.write(content(image.picture(), side));
      }
      out.writeLong(checked.getChecksum().getValue());
    }
  }

  private static ByteBuffer table(List<LabelledImage> images, int side) {
    ByteBuffer table = ByteBuffer.allocate(HEADER_BYTES + images.size() * ENTRY_BYTES);
    table.putLong(MAGIC).putInt(images.size());
    for (LabelledImage image : images) {
      Picture picture = image.picture();
      table.putInt(image.label()).putInt(picture.height()).putInt(picture.width());
      table.putInt(file(picture, side).map(file -> file.length).orElse(DECODED));
    }
    return table;
  }

  private static byte[] content(Picture picture, int side) {
    return file(picture, side).orElseGet(() -> StoredPixels.layOut(picture.pixels()));
  }

  /** The file that an image is kept as, where it is not decoded. */
  private static Optional<byte[]> file(Picture picture, int side) {
    boolean large = Math.min(picture.height(), picture.width()) >= 2 * side;
    return large && picture instanceof EncodedPicture encoded
        ? Optional.of(encoded.file())
        : Optional.empty();
  }

  /**
   * Reads a file and checks all of it.
   *
   * @return nothing where it is no whole file of this form
   */
  static Optional<List<Entry>> read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (InputStream stream = Files.newInputStream(file)) {
      var checked = new CheckedInputStream(stream, new CRC32());
      var in = new DataInputStream(checked);
      List<Entry> entries = entries(in, Files.size(file));
      long sum = checked.getChecksum().getValue();
      boolean whole = in.readLong() == sum && in.read() < 0;
      return whole ? Optional.of(entries) : Optional.empty();
    } catch (EOFException e) {
      return Optional.empty();
    }
  }

  private static List<Entry> entries(DataInputStream in, long length) throws IOException {
    if (in.readLong() != MAGIC) {
      throw new EOFException("expected another form");
    }
    int count = in.readInt();
    if (count < 0 || (long) count * ENTRY_BYTES > length) {
      throw new EOFException("expected entries of " + count + " images");
    }
    ByteBuffer table = ByteBuffer.wrap(in.readNBytes(count * ENTRY_BYTES));
    if (table.remaining() < count * ENTRY_BYTES) {
      throw new EOFException("expected " + count + " entries");
    }
    var entries = new ArrayList<Entry>();
    long start = HEADER_BYTES + (long) table.remaining();
    for (int i = 0; i < count; i++) {
      Entry entry = entry(in, table, start);
      start += entry.bytes();
      entries.add(entry);
    }
    return entries;
  }

  private static Entry entry(DataInputStream in, ByteBuffer table, long start) throws IOException {
    int label = table.getInt();
    int height = table.getInt();
    int width = table.getInt();
    int fileBytes = table.getInt();
    var entry = new Entry(label, height, width, start, NO_FILE);
    if (fileBytes == DECODED) {
      pass(in, entry.bytes());
      return entry;
    }
    byte[] file = in.readNBytes(Math.max(0, fileBytes));
    return new Entry(label, height, width, start, file);
  }

  /** Reads bytes for their checksum alone; skipping would read them in small pieces. */
  private static void pass(DataInputStream in, long bytes) throws IOException {
    byte[] piece = new byte[(int) Math.min(PIECE, bytes)];
    for (long left = bytes; left > 0; left -= piece.length) {
      in.readFully(piece, 0, (int) Math.min(piece.length, left));
    }
  }
}
