package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.ImageCodec;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The form in which a node keeps a decoded split: a header, N x C x H x W unsigned bytes, N labels
 * as big-endian numbers of four bytes.
 *
 * @param count N
 * @param height H
 * @param width W
 */
record ImageFile(int count, int height, int width) {

  /** Part of every file's name; counts up with the layout. */
  static final String SUFFIX = ".v1.images";

  /** Spells "DIimages". */
  private static final long MAGIC = 0x4449696D61676573L;

  private static final int HEADER_BYTES = Long.BYTES + 3 * Integer.BYTES;

  /** Length of the file. */
  long bytes() {
    return HEADER_BYTES + (long) count * (imageBytes() + Integer.BYTES);
  }

  private int imageBytes() {
    return ImageCodec.CHANNELS * height * width;
  }

  private int segments(int perSegment) {
    return (count + perSegment - 1) / perSegment;
  }

  /** Decodes a split into a file that is there, and has the disk keep it. */
  void write(Path file, SplitDecoder decoder) throws IOException {
    ByteBuffer labels = ByteBuffer.allocate(count * Integer.BYTES);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        var stream =
            new DataOutputStream(
                new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 20))) {
      stream.write(header().array());
      decoder.decode(
          (pixels, label) -> {
            stream.write(pixels);
            labels.putInt(label);
          });
      stream.write(labels.array());
      stream.flush();
      channel.force(true);
    }
  }

  private ByteBuffer header() {
    return ByteBuffer.allocate(HEADER_BYTES)
        .putLong(MAGIC)
        .putInt(count)
        .putInt(height)
        .putInt(width)
        .flip();
  }

  /** Whether a file of this layout and size is there. */
  boolean isIn(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) != bytes()) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer found = ByteBuffer.allocate(HEADER_BYTES);
      return channel.read(found) == HEADER_BYTES && found.flip().equals(header());
    }
  }

  /**
   * Maps a file read-only; its pages are shared by all processes of the node. They are read now, in
   * a row: left to the first epoch, each would be waited for, and memory would grow until its end.
   */
  ImageTable map(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      int perSegment = SegmentedImageTable.imagesPerSegment(imageBytes());
      var segments = new ByteBuffer[segments(perSegment)];
      for (int i = 0; i < segments.length; i++) {
        int images = Math.min(perSegment, count - i * perSegment);
        long start = HEADER_BYTES + (long) i * perSegment * imageBytes();
        segments[i] = channel.map(MapMode.READ_ONLY, start, (long) images * imageBytes()).load();
      }
      return new SegmentedImageTable(segments, perSegment, labels(channel), height, width);
    }
  }

  private int[] labels(FileChannel channel) throws IOException {
    long start = HEADER_BYTES + (long) count * imageBytes();
    int[] labels = new int[count];
    channel.map(MapMode.READ_ONLY, start, (long) count * Integer.BYTES).asIntBuffer().get(labels);
    return labels;
  }

  /** Decodes a split onto the heap. */
  ImageTable load(SplitDecoder decoder) throws IOException {
    int perSegment = SegmentedImageTable.imagesPerSegment(imageBytes());
    var segments = new ByteBuffer[segments(perSegment)];
    for (int i = 0; i < segments.length; i++) {
      int images = Math.min(perSegment, count - i * perSegment);
      segments[i] = ByteBuffer.allocate(images * imageBytes());
    }
    int[] labels = new int[count];
    int[] row = {0};
    decoder.decode(
        (pixels, label) -> {
          segments[row[0] / perSegment].put(pixels);
          labels[row[0]++] = label;
        });
    return new SegmentedImageTable(segments, perSegment, labels, height, width);
  }
}
