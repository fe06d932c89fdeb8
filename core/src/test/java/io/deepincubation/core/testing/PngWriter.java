package io.deepincubation.core.testing;

import io.deepincubation.core.random.RandomStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** Noise as PNG files of any kind, and the RGB that it stands for. */
public final class PngWriter {

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final int[] SAMPLES = {1, 0, 3, 1, 2, 0, 4};
  private static final int PALETTE = 3;
  private static final int FILTERS = 5;

  /** Of each pass: first row, first column, rows and columns from one to the next. */
  private static final int[][] PASSES = {
    {0, 0, 8, 8}, {0, 4, 8, 8}, {4, 0, 8, 4}, {0, 2, 4, 4}, {2, 0, 4, 2}, {0, 1, 2, 2}, {1, 0, 2, 1}
  };

  private final int type;
  private final int depth;
  private final int height;
  private final int width;
  private final boolean interlaced;

  /** By row, column and sample. */
  private final int[][][] samples;

  private final byte[] colours;

  /**
   * An image of noise.
   *
   * @param type colour type of the format: 0, 2, 3, 4 or 6
   * @param depth bits of a sample
   * @param height rows
   * @param width columns
   * @param interlaced whether rows come in passes
   */
  public PngWriter(int type, int depth, int height, int width, boolean interlaced) {
    this(type, depth, height, width, interlaced, 1 << Math.min(depth, Byte.SIZE));
  }

  private PngWriter(
      int type, int depth, int height, int width, boolean interlaced, int colourCount) {
    this.type = type;
    this.depth = depth;
    this.height = height;
    this.width = width;
    this.interlaced = interlaced;
    var random = RandomStream.of(type, depth, height);
    samples = new int[height][width][SAMPLES[type]];
    for (int[][] row : samples) {
      for (int[] pixel : row) {
        for (int i = 0; i < pixel.length; i++) {
          pixel[i] = (int) (random.nextDouble() * (1 << depth));
        }
      }
    }
    colours = new byte[3 * colourCount];
    RandomStream.of(colourCount).nextBytes(colours);
  }

  /**
   * A part of a file.
   *
   * @param name four letters
   * @param data what it holds
   * @param change of its checksum
   */
  record Chunk(String name, byte[] data, int change) {

    Chunk(String name, byte[] data) {
      this(name, data, 0);
    }

    Chunk damaged() {
      return new Chunk(name, data, 1);
    }

    void writeTo(DataOutputStream out) throws IOException {
      byte[] letters = name.getBytes(StandardCharsets.US_ASCII);
      var sum = new CRC32();
      sum.update(letters);
      sum.update(data);
      out.writeInt(data.length);
      out.write(letters);
      out.write(data);
      out.writeInt((int) sum.getValue() + change);
    }
  }

  int height() {
    return height;
  }

  int width() {
    return width;
  }

  /** The same with a palette of fewer colours. */
  PngWriter withColours(int count) {
    return new PngWriter(type, depth, height, width, interlaced, count);
  }

  /** A {@code tRNS} chunk's data for this kind. */
  byte[] transparency() {
    return type == PALETTE ? new byte[] {0, 127} : new byte[2 * SAMPLES[type]];
  }

  /** The pixels as {@code 0xRRGGBB} numbers. */
  int[] rgb() {
    int[] rgb = new int[height * width];
    for (int i = 0; i < rgb.length; i++) {
      int[] pixel = samples[i / width][i % width];
      rgb[i] = type == PALETTE ? colour(pixel[0]) : rgb(pixel);
    }
    return rgb;
  }

  /** The first sample of each pixel, row-major. */
  public char[] numbers() {
    var numbers = new char[height * width];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (char) samples[i / width][i % width][0];
    }
    return numbers;
  }

  private int rgb(int[] pixel) {
    int green = pixel.length < 3 ? 0 : 1;
    return level(pixel[0]) << 16 | level(pixel[green]) << 8 | level(pixel[2 * green]);
  }

  private int level(int sample) {
    return depth == 16 ? sample >> 8 : sample * 255 / ((1 << depth) - 1);
  }

  private int colour(int index) {
    int at = 3 * index;
    return at >= colours.length
        ? 0
        : (colours[at] & 0xFF) << 16 | (colours[at + 1] & 0xFF) << 8 | (colours[at + 2] & 0xFF);
  }

  /** The plain file. */
  /** The file. */
  public byte[] file() {
    return file(List.of(), List.of());
  }

  /** A file with more chunks before and after its rows. */
  byte[] file(List<Chunk> before, List<Chunk> after) {
    return file(before, List.of(new Chunk("IDAT", compressed())), after);
  }

  /** A file whose rows come in chunks of so many bytes, or of 7 and empty ones between. */
  byte[] inPieces(int bytes) {
    byte[] all = compressed();
    int each = bytes == 0 ? 7 : bytes;
    var pieces = new ArrayList<Chunk>();
    for (int start = 0; start < all.length; start += each) {
      int end = Math.min(all.length, start + each);
      pieces.add(new Chunk("IDAT", Arrays.copyOfRange(all, start, end)));
      if (bytes == 0) {
        pieces.add(new Chunk("IDAT", new byte[0]));
      }
    }
    return file(List.of(), pieces, List.of());
  }

  private byte[] file(List<Chunk> before, List<Chunk> rows, List<Chunk> after) {
    var chunks = new ArrayList<Chunk>();
    chunks.add(new Chunk("IHDR", header()));
    if (type == PALETTE) {
      chunks.add(new Chunk("PLTE", colours));
    }
    chunks.addAll(before);
    chunks.addAll(rows);
    chunks.addAll(after);
    chunks.add(new Chunk("IEND", new byte[0]));
    return bytes(
        out -> {
          out.write(SIGNATURE);
          for (Chunk chunk : chunks) {
            chunk.writeTo(out);
          }
        });
  }

  private byte[] header() {
    return bytes(
        out -> {
          out.writeInt(width);
          out.writeInt(height);
          out.write(new byte[] {(byte) depth, (byte) type, 0, 0, (byte) (interlaced ? 1 : 0)});
        });
  }

  private byte[] compressed() {
    return bytes(
        out -> {
          var deflater = new Deflater(interlaced ? Deflater.NO_COMPRESSION : 9);
          try (var rows = new DeflaterOutputStream(out, deflater)) {
            for (int[] pass : interlaced ? PASSES : new int[][] {{0, 0, 1, 1}}) {
              writePass(rows, pass);
            }
          } finally {
            deflater.end();
          }
        });
  }

  private void writePass(DeflaterOutputStream out, int[] pass) throws IOException {
    int columns = (width - pass[1] + pass[3] - 1) / pass[3];
    int step = Math.max(1, SAMPLES[type] * depth / Byte.SIZE);
    byte[] above = new byte[(columns * SAMPLES[type] * depth + 7) / 8];
    for (int y = pass[0]; y < height && columns > 0; y += pass[2]) {
      byte[] row = packed(samples[y], pass, above.length);
      int filter = (y + pass[1]) % FILTERS;
      out.write(filter);
      for (int i = 0; i < row.length; i++) {
        int left = i < step ? 0 : row[i - step] & 0xFF;
        int corner = i < step ? 0 : above[i - step] & 0xFF;
        out.write(row[i] - guess(filter, left, above[i] & 0xFF, corner));
      }
      above = row;
    }
  }

  private byte[] packed(int[][] row, int[] pass, int length) {
    byte[] packed = new byte[length];
    int bit = 0;
    for (int x = pass[1]; x < width; x += pass[3]) {
      for (int sample : row[x]) {
        for (int i = depth - 1; i >= 0; i--) {
          packed[bit / 8] |= (byte) ((sample >> i & 1) << (7 - bit % 8));
          bit++;
        }
      }
    }
    return packed;
  }

  private static int guess(int filter, int left, int up, int corner) {
    return switch (filter) {
      case 0 -> 0;
      case 1 -> left;
      case 2 -> up;
      case 3 -> (left + up) / 2;
      default -> {
        int wanted = left + up - corner;
        int near = Math.abs(wanted - up) < Math.abs(wanted - left) ? up : left;
        yield Math.abs(wanted - corner) < Math.abs(wanted - near) ? corner : near;
      }
    };
  }

  /** Writes bytes. */
  private interface Writing {
    void to(DataOutputStream out) throws IOException;
  }

  private static byte[] bytes(Writing writing) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      writing.to(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "type %d of %d bits%s", type, depth, interlaced ? ", interlaced" : "");
  }
}
