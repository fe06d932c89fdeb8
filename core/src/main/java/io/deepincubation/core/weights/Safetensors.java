package io.deepincubation.core.weights;

import io.deepincubation.core.network.Weights;
import io.deepincubation.core.storage.CorruptFileException;
import io.deepincubation.core.storage.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Weights in the safetensors format of Hugging Face, which most tools for PyTorch read.
 *
 * <p>Written tensors are F32, in the order of the weights, without a gap; equal weights make equal
 * bytes. Tensors of F64, F16, BF16, I64 and I32 are turned into floats when read; those of other
 * types are left out with a warning.
 */
public final class Safetensors {

  private static final Logger LOG = LoggerFactory.getLogger(Safetensors.class);
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int FIRST_VALUES = 1 << 18;

  private Safetensors() {}

  /**
   * Writes weights.
   *
   * @param weights tensors in the order of the file
   * @param stream stays open
   */
  public static void write(Weights weights, OutputStream stream) throws IOException {
    stream.write(SafetensorsHeader.of(weights));
    byte[] chunk = new byte[CHUNK_BYTES];
    for (Weights.Tensor tensor : weights.tensors().values()) {
      write(tensor.values(), chunk, stream);
    }
  }

  private static void write(float[] values, byte[] chunk, OutputStream stream) throws IOException {
    int capacity = CHUNK_BYTES / Dtype.F32.bytes();
    for (int done = 0; done < values.length; done += capacity) {
      int count = Math.min(capacity, values.length - done);
      Dtype.littleEndian(chunk).asFloatBuffer().put(values, done, count);
      stream.write(chunk, 0, count * Dtype.F32.bytes());
    }
  }

  /**
   * Reads a file to its end.
   *
   * @param stream stays open
   * @return the tensors in the order of their bytes
   * @throws CorruptFileException if the file is cut off, goes on behind the last tensor, or its
   *     header contradicts itself
   */
  public static Weights read(InputStream stream) throws IOException {
    SafetensorsHeader header = SafetensorsHeader.read(stream);
    var tensors = new LinkedHashMap<String, Weights.Tensor>();
    byte[] chunk = new byte[CHUNK_BYTES];
    for (SafetensorsHeader.Entry entry : header.entries()) {
      if (entry.dtype().isReadable()) {
        tensors.put(entry.name(), new Weights.Tensor(entry.shape(), values(entry, chunk, stream)));
      } else {
        skip(entry, chunk, stream);
      }
    }
    if (stream.read() >= 0) {
      throw new CorruptFileException("expected the file to end behind its last tensor");
    }
    return new Weights(tensors);
  }

  private static void skip(SafetensorsHeader.Entry entry, byte[] chunk, InputStream stream)
      throws IOException {
    LOG.warn("Left out tensor {}: {} is no type of weights", entry.name(), entry.dtype());
    for (long left = entry.end() - entry.begin(); left > 0; left -= CHUNK_BYTES) {
      fill(chunk, (int) Math.min(left, CHUNK_BYTES), entry, stream);
    }
  }

  /** A tensor's values. The array grows with what is read: what a damaged head says may be huge. */
  private static float[] values(SafetensorsHeader.Entry entry, byte[] chunk, InputStream stream)
      throws IOException {
    int capacity = CHUNK_BYTES / entry.dtype().bytes();
    float[] values = new float[Math.min(entry.size(), FIRST_VALUES)];
    for (int done = 0; done < entry.size(); done += capacity) {
      int count = Math.min(capacity, entry.size() - done);
      fill(chunk, count * entry.dtype().bytes(), entry, stream);
      if (done + count > values.length) {
        values = Arrays.copyOf(values, (int) Math.min(entry.size(), 2L * values.length));
      }
      entry.dtype().decode(Dtype.littleEndian(chunk), values, done, count);
    }
    return values;
  }

  private static void fill(
      byte[] chunk, int size, SafetensorsHeader.Entry entry, InputStream stream)
      throws IOException {
    if (stream.readNBytes(chunk, 0, size) < size) {
      throw new CorruptFileException(
          "expected tensor " + entry.name() + " of shape " + entry.shape() + ", the file ends");
    }
  }

  /** SHA-256, as 64 hex digits, of the bytes that {@link #write} makes of these weights. */
  public static String digest(Weights weights) {
    MessageDigest digest = Sha256.start();
    try (var sink = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      write(weights, sink);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot digest weights", e);
    }
    return Sha256.finish(digest);
  }

  /** The number of bytes that {@link #write} makes of these weights. */
  public static long length(Weights weights) {
    return SafetensorsHeader.of(weights).length + tensorBytes(weights);
  }

  /** The bytes of the tensors alone. */
  private static long tensorBytes(Weights weights) {
    return weights.tensors().values().stream()
        .mapToLong(tensor -> (long) tensor.values().length * Dtype.F32.bytes())
        .sum();
  }
}
