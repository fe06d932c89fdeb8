package io.deepincubation.core.weights;

import com.google.gson.annotations.SerializedName;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.storage.CorruptFileException;
import io.deepincubation.core.storage.FileName;
import io.deepincubation.core.storage.Json;
import io.deepincubation.core.storage.Sha256;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.weights.WeightsFile.Shard;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A model's weights as Hugging Face's tools keep them: {@code model.safetensors}, or several files
 * that {@code model.safetensors.index.json} names. A stage of a run is such a folder; its files are
 * checked against its {@code result.json}.
 */
public final class WeightsFolder {

  /** What an index says of files; its metadata are of no use for reading. */
  private record Files(@SerializedName("weight_map") Map<String, String> weightMap) {}

  /** What a stage's result says of its weights. */
  private record Result(List<Shard> shards) {}

  /** The name of weights in one file. */
  static final String SINGLE = "model.safetensors";

  private static final String RESULT = "result.json";

  private final Storage folder;
  private final List<String> files;
  private final Map<String, String> expected;

  private WeightsFolder(Storage folder, List<String> files, Map<String, String> expected) {
    this.folder = folder;
    this.files = files;
    this.expected = expected;
  }

  /**
   * Finds the files; no tensor is read yet.
   *
   * @throws StorageException if there are none, or the index or the result is damaged
   */
  public static WeightsFolder open(Storage folder) {
    try {
      var expected = new HashMap<String, String>();
      if (folder.exists(RESULT)) {
        Json.read(folder, RESULT, Result.class)
            .shards()
            .forEach(shard -> expected.put(shard.file(), shard.sha256()));
      }
      return new WeightsFolder(folder, files(folder), expected);
    } catch (CorruptFileException e) {
      throw new StorageException(
          "Cannot read the index of the weights in " + folder.uri() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Writes weights: one file, or a file for each module with an index where they are larger than a
   * limit.
   *
   * @param folder where
   * @param modules in order
   * @param limitBytes of one file
   */
  public static void write(Storage folder, List<Weights> modules, long limitBytes) {
    var all = new LinkedHashMap<String, Weights.Tensor>();
    modules.forEach(module -> all.putAll(module.tensors()));
    var whole = new Weights(all);
    if (Safetensors.length(whole) <= limitBytes) {
      folder.write(SINGLE, stream -> Safetensors.write(whole, stream));
      return;
    }
    var names = new LinkedHashMap<String, String>();
    long total = 0;
    for (int i = 0; i < modules.size(); i++) {
      Weights module = modules.get(i);
      String file =
          String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, modules.size());
      folder.write(file, stream -> Safetensors.write(module, stream));
      for (Map.Entry<String, Weights.Tensor> tensor : module.tensors().entrySet()) {
        names.put(tensor.getKey(), file);
        total += (long) Float.BYTES * tensor.getValue().values().length;
      }
    }
    byte[] index = Json.pretty(new WeightsIndex(Map.of("total_size", total), names));
    folder.write(WeightsIndex.FILE, stream -> stream.write(index));
  }

  private static List<String> files(Storage folder) throws CorruptFileException {
    if (folder.exists(WeightsIndex.FILE)) {
      var named =
          new LinkedHashSet<>(
              Json.read(folder, WeightsIndex.FILE, Files.class).weightMap().values());
      requireInside(named);
      return List.copyOf(named);
    }
    if (folder.exists(SINGLE)) {
      return List.of(SINGLE);
    }
    throw new StorageException(
        String.format(
            Locale.ROOT,
            "Cannot find weights in %s: expected %s or %s, got neither",
            folder.uri(),
            WeightsIndex.FILE,
            SINGLE));
  }

  /** Files of an index lie beside it. */
  private static void requireInside(Set<String> files) throws CorruptFileException {
    for (@Nullable String file : files) {
      if (file == null || !FileName.isBeside(file) || !file.endsWith(".safetensors")) {
        throw new CorruptFileException(
            "expected a weight_map of .safetensors files beside the index, got " + file);
      }
    }
  }

  /** The shape of each tensor, from the files' heads. */
  public Map<String, List<Long>> shapes() {
    var shapes = new LinkedHashMap<String, List<Long>>();
    for (String file : files) {
      try (InputStream stream = folder.open(file)) {
        SafetensorsHeader.read(stream)
            .entries()
            .forEach(entry -> shapes.put(entry.name(), entry.shape()));
      } catch (IOException e) {
        throw unreadable(file, e);
      }
    }
    return shapes;
  }

  /**
   * All tensors by name.
   *
   * @throws StorageException if a file cannot be read, or is not what its result says
   */
  public Weights read() {
    return read(new HashMap<>());
  }

  /**
   * All tensors by name, of files that a run knows already.
   *
   * @param digest as {@link #digest} told it when the run began
   * @throws StorageException if a file cannot be read, or is not what the run began with
   */
  public Weights read(String digest) {
    var found = new HashMap<String, String>();
    Weights weights = read(found);
    String foundDigest = digest(file -> found.getOrDefault(file, ""));
    if (!foundDigest.equals(digest)) {
      throw new StorageException(
          String.format(
              Locale.ROOT,
              "Cannot trust the weights in %s: expected digest %s, got %s; put those back that the"
                  + " run began with, or choose another --run",
              folder.uri(),
              digest,
              foundDigest));
    }
    return weights;
  }

  /** Reads all files, and takes note of each one's SHA-256. */
  private Weights read(Map<String, String> found) {
    var tensors = new LinkedHashMap<String, Weights.Tensor>();
    for (String file : files) {
      tensors.putAll(read(file, found).tensors());
    }
    return new Weights(tensors);
  }

  /** SHA-256 over the files' names and bytes; equal for equal models wherever they lie. */
  public String digest() {
    return digest(this::sha256);
  }

  private String digest(UnaryOperator<String> sha256) {
    String facts =
        files.stream()
            .map(file -> file + " " + sha256.apply(file))
            .collect(Collectors.joining("\n", "", "\n"));
    return Sha256.of(facts.getBytes(StandardCharsets.UTF_8));
  }

  private String sha256(String file) {
    String known = expected.get(file);
    if (known != null) {
      return known;
    }
    MessageDigest digest = Sha256.start();
    try (InputStream stream = new DigestInputStream(folder.open(file), digest)) {
      stream.transferTo(OutputStream.nullOutputStream());
      return Sha256.finish(digest);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private Weights read(String file, Map<String, String> digests) {
    MessageDigest digest = Sha256.start();
    try (InputStream stream = new DigestInputStream(folder.open(file), digest)) {
      Weights weights = Safetensors.read(stream);
      String found = Sha256.finish(digest);
      String known = expected.getOrDefault(file, found);
      if (!known.equals(found)) {
        throw new CorruptFileException("expected SHA-256 " + known + ", got " + found);
      }
      digests.put(file, found);
      return weights;
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private StorageException unreadable(String file, IOException cause) {
    return new StorageException(
        String.format(
            Locale.ROOT,
            "Cannot read weights from %s/%s: %s",
            folder.uri(),
            file,
            cause.getMessage()),
        cause);
  }
}
