package io.deepincubation.core.data.source;

import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.storage.Storage;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * Images of the MNIST family in IDX files, plain or gzipped: {@code train-images-idx3-ubyte} with
 * {@code train-labels-idx1-ubyte}, and the same for {@code t10k} or {@code test}, with any prefix
 * (EMNIST). Grey levels become RGB in PNG without loss.
 */
public final class IdxSource implements ImageSource {

  private static final Pattern IMAGES =
      Pattern.compile("(.*?)(train|t10k|test)-images[-.]idx3-ubyte(\\.gz)?");
  private static final int IMAGES_MAGIC = 0x803;
  private static final int LABELS_MAGIC = 0x801;

  /** A split's two files and what their headers say. */
  private record Part(String images, String labels, int count, int height, int width) {}

  private final Storage storage;
  private final Map<String, Part> parts = new LinkedHashMap<>();
  private final List<String> classNames;

  /**
   * Opens the files of a folder.
   *
   * @throws UnfitDataException if there are no training images, several sets, or files that do not
   *     fit together
   */
  public IdxSource(Storage storage) {
    this.storage = storage;
    for (String file : storage.list("")) {
      Matcher name = IMAGES.matcher(file);
      if (name.matches()) {
        String split = name.group(2).equals(TRAIN) ? TRAIN : TEST;
        Part other = parts.putIfAbsent(split, part(file));
        if (other != null) {
          throw new UnfitDataException(
              String.format(
                  Locale.ROOT,
                  "Cannot read IDX files from %s: expected one set, got %s and %s; give each a"
                      + " folder",
                  storage.uri(),
                  other.images(),
                  file));
        }
      }
    }
    if (!parts.containsKey(TRAIN)) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read IDX files from %s: expected train-images-idx3-ubyte, plain or .gz, got"
                  + " none",
              storage.uri()));
    }
    int highest =
        splits().stream().flatMapToInt(split -> IntStream.of(labels(split))).max().orElse(0);
    classNames = IntStream.rangeClosed(0, highest).mapToObj(Integer::toString).toList();
  }

  /** Whether a folder holds IDX files of images. */
  public static boolean isIn(Storage folder) {
    return folder.list("").stream().anyMatch(file -> IMAGES.matcher(file).matches());
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public List<String> splits() {
    return List.of(TRAIN, TEST).stream().filter(parts::containsKey).toList();
  }

  @Override
  public long count(String split) {
    return partOf(split).count();
  }

  @Override
  public int[] labels(String split) {
    Part part = partOf(split);
    try (DataInputStream stream = open(part.labels(), LABELS_MAGIC)) {
      requireCount(part, stream.readInt());
      byte[] labels = stream.readNBytes(part.count());
      requireCount(part, labels.length);
      return IntStream.range(0, labels.length).map(i -> labels[i] & 0xFF).toArray();
    } catch (IOException e) {
      throw unreadable(part.labels(), e);
    }
  }

  @Override
  public Iterator<Sample> samples(String split, long from, long to) {
    Part part = partOf(split);
    int[] labels = labels(split);
    byte[] images = levels(part, from, to);
    int plane = part.height() * part.width();
    return IntStream.range(0, (int) (to - from))
        .mapToObj(i -> sample(part, images, i * plane, labels[(int) from + i]))
        .iterator();
  }

  private static Sample sample(Part part, byte[] levels, int start, int label) {
    int plane = part.height() * part.width();
    byte[] values = new byte[ImageCodec.CHANNELS * plane];
    for (int channel = 0; channel < ImageCodec.CHANNELS; channel++) {
      System.arraycopy(levels, start, values, channel * plane, plane);
    }
    return new Sample(ImageCodec.encodePng(new Pixels(values, part.height(), part.width())), label);
  }

  private byte[] levels(Part part, long from, long to) {
    int plane = part.height() * part.width();
    try (DataInputStream stream = open(part.images(), IMAGES_MAGIC)) {
      stream.skipNBytes(3 * Integer.BYTES + from * plane);
      int wanted = Math.toIntExact((to - from) * plane);
      byte[] levels = stream.readNBytes(wanted);
      if (levels.length < wanted) {
        throw new EOFException("expected " + part.count() + " images, got fewer");
      }
      return levels;
    } catch (IOException e) {
      throw unreadable(part.images(), e);
    }
  }

  private Part part(String images) {
    String labels = images.replace("-images", "-labels").replace("idx3", "idx1");
    String found =
        Optional.of(labels)
            .filter(storage::exists)
            .orElseGet(
                () ->
                    labels.endsWith(".gz")
                        ? labels.substring(0, labels.length() - 3)
                        : labels + ".gz");
    if (!storage.exists(found)) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read IDX files from %s: expected %s beside %s, got no such file",
              storage.uri(),
              labels,
              images));
    }
    try (DataInputStream stream = open(images, IMAGES_MAGIC)) {
      return new Part(images, found, stream.readInt(), stream.readInt(), stream.readInt());
    } catch (IOException e) {
      throw unreadable(images, e);
    }
  }

  private DataInputStream open(String file, int magic) throws IOException {
    InputStream stored = storage.open(file);
    InputStream plain = file.endsWith(".gz") ? new GZIPInputStream(stored, 1 << 16) : stored;
    var stream = new DataInputStream(new BufferedInputStream(plain, 1 << 16));
    int found = stream.readInt();
    if (found != magic) {
      stream.close();
      throw new IOException(
          String.format(
              Locale.ROOT, "expected an IDX file that begins with %#x, got %#x", magic, found));
    }
    return stream;
  }

  private void requireCount(Part part, int labels) {
    if (labels != part.count()) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read %s/%s: expected %d labels for %s, got %d",
              storage.uri(),
              part.labels(),
              part.count(),
              part.images(),
              labels));
    }
  }

  private Part partOf(String split) {
    Part part = parts.get(split);
    if (part == null) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read split %s of %s: expected one of %s",
              split,
              storage.uri(),
              splits()));
    }
    return part;
  }

  private UnfitDataException unreadable(String file, IOException cause) {
    return new UnfitDataException(
        "Cannot read " + storage.uri() + "/" + file + ": " + cause.getMessage(), cause);
  }
}
