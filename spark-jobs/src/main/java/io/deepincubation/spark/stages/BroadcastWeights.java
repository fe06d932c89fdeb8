package io.deepincubation.spark.stages;

import io.deepincubation.core.network.Weights;
import io.deepincubation.core.weights.Safetensors;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.spark.broadcast.Broadcast;

/**
 * A network's modules as safetensors bytes for a broadcast: per module as many arrays as it takes,
 * since one array must stay below 2 GB. A process decodes them once for all of its tasks.
 */
final class BroadcastWeights {

  private static final int CHUNK_BYTES = 512 << 20;

  private static final Map<byte[][][], SoftReference<List<Weights>>> DECODED = new WeakHashMap<>();

  private BroadcastWeights() {}

  /** The bytes of each module. */
  static byte[][][] encode(List<Weights> modules) {
    return encode(modules, CHUNK_BYTES);
  }

  static byte[][][] encode(List<Weights> modules, int chunkBytes) {
    return modules.stream().map(module -> chunks(module, chunkBytes)).toArray(byte[][][]::new);
  }

  private static byte[][] chunks(Weights weights, int chunkBytes) {
    var chunks = new Chunks(Safetensors.length(weights), chunkBytes);
    try (chunks) {
      Safetensors.write(weights, chunks);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot serialize weights for a broadcast", e);
    }
    return chunks.bytes;
  }

  /**
   * The modules of a broadcast, shared by all who ask in this process while any of them holds them.
   *
   * <p>They are known by the broadcast's arrays: its number is another application's, too.
   */
  static synchronized List<Weights> decoded(Broadcast<byte[][][]> broadcast) {
    byte[][][] bytes = broadcast.value();
    SoftReference<List<Weights>> kept = DECODED.get(bytes);
    List<Weights> modules = kept == null ? null : kept.get();
    if (modules == null) {
      modules = decode(bytes);
      DECODED.put(bytes, new SoftReference<>(modules));
    }
    return modules;
  }

  /** The modules of {@link #encode}'s bytes. */
  static List<Weights> decode(byte[][][] modules) {
    return Arrays.stream(modules).map(BroadcastWeights::decode).toList();
  }

  private static Weights decode(byte[][] chunks) {
    List<InputStream> streams =
        Arrays.stream(chunks).<InputStream>map(ByteArrayInputStream::new).toList();
    try (var stream = new SequenceInputStream(Collections.enumeration(streams))) {
      return Safetensors.read(stream);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read broadcast weights", e);
    }
  }

  /** Fills arrays of exactly the length that is to come. */
  private static final class Chunks extends OutputStream {

    private final byte[][] bytes;
    private final int chunkBytes;
    private long written;

    Chunks(long length, int chunkBytes) {
      this.chunkBytes = chunkBytes;
      bytes = new byte[Math.toIntExact((length + chunkBytes - 1) / chunkBytes)][];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = new byte[(int) Math.min(chunkBytes, length - (long) i * chunkBytes)];
      }
    }

    @Override
    public void write(int value) {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) {
      int done = 0;
      while (done < length) {
        byte[] chunk = bytes[(int) (written / chunkBytes)];
        int position = (int) (written % chunkBytes);
        int count = Math.min(length - done, chunk.length - position);
        System.arraycopy(source, offset + done, chunk, position, count);
        done += count;
        written += count;
      }
    }
  }
}
