package io.deepincubation.core.data.source;

import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.storage.Storage;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * CIFAR-10 or CIFAR-100 in the official binary files: per image one label byte (CIFAR-100: a coarse
 * and a fine one), then 3 x 32 x 32 bytes. Images become PNG without loss.
 */
public final class CifarSource implements ImageSource {

  private static final int SIDE = 32;
  private static final int IMAGE_BYTES = ImageCodec.CHANNELS * SIDE * SIDE;

  /** What distinguishes the two sets. */
  private enum Layout {
    CIFAR_10("cifar-10-batches-bin", 1, 10, "batches.meta.txt"),
    CIFAR_100("cifar-100-binary", 2, 100, "fine_label_names.txt");

    private final String folder;
    private final int labelBytes;
    private final int classes;
    private final String namesFile;

    Layout(String folder, int labelBytes, int classes, String namesFile) {
      this.folder = folder;
      this.labelBytes = labelBytes;
      this.classes = classes;
      this.namesFile = namesFile;
    }

    int recordBytes() {
      return labelBytes + IMAGE_BYTES;
    }

    Map<String, List<String>> files() {
      var files = new LinkedHashMap<String, List<String>>();
      if (this == CIFAR_100) {
        files.put(TRAIN, List.of("train.bin"));
        files.put(TEST, List.of("test.bin"));
      } else {
        files.put(
            TRAIN, IntStream.rangeClosed(1, 5).mapToObj(i -> "data_batch_" + i + ".bin").toList());
        files.put(TEST, List.of("test_batch.bin"));
      }
      return files;
    }
  }

  /** One file and its images. */
  private record Part(String file, long count) {}

  private final Storage storage;
  private final Layout layout;
  private final List<String> classNames;
  private final Map<String, List<Part>> parts = new LinkedHashMap<>();

  /**
   * Opens the files in a folder, or in the folder that the official archive makes in it.
   *
   * @throws UnfitDataException if the folder has neither set, or a file is missing or cut off
   */
  public CifarSource(Storage folder) {
    layout = detect(folder).orElseThrow(() -> neither(folder));
    storage = folder.exists(firstFile(layout)) ? folder : folder.folder(layout.folder);
    layout
        .files()
        .forEach((split, files) -> parts.put(split, files.stream().map(this::part).toList()));
    classNames = readClassNames();
  }

  /** Whether a folder holds one of the two sets. */
  public static boolean isIn(Storage folder) {
    return detect(folder).isPresent();
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public List<String> splits() {
    return List.copyOf(parts.keySet());
  }

  @Override
  public long count(String split) {
    return parts(split).stream().mapToLong(Part::count).sum();
  }

  @Override
  public Iterator<Sample> samples(String split, long from, long to) {
    return new Records(parts(split), from, to);
  }

  @Override
  public int[] labels(String split) {
    var labels = new int[Math.toIntExact(count(split))];
    int next = 0;
    for (Part part : parts(split)) {
      try (InputStream stream = new BufferedInputStream(storage.open(part.file()))) {
        for (long i = 0; i < part.count(); i++) {
          stream.skipNBytes(layout.labelBytes - 1);
          labels[next++] = checked(stream.read(), part.file(), i);
          stream.skipNBytes(IMAGE_BYTES);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + storage.uri() + "/" + part.file(), e);
      }
    }
    return labels;
  }

  private int checked(int label, String file, long number) {
    if (label < 0 || label >= layout.classes) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read %s/%s: expected labels below %d, got %d in image %d; the file is"
                  + " damaged, or none of CIFAR's",
              storage.uri(),
              file,
              layout.classes,
              label,
              number));
    }
    return label;
  }

  private static Optional<Layout> detect(Storage folder) {
    return Arrays.stream(Layout.values())
        .filter(
            layout ->
                folder.exists(firstFile(layout))
                    || folder.exists(layout.folder + "/" + firstFile(layout)))
        .findFirst();
  }

  private static String firstFile(Layout layout) {
    return layout == Layout.CIFAR_100 ? "train.bin" : "data_batch_1.bin";
  }

  private static UnfitDataException neither(Storage folder) {
    return new UnfitDataException(
        String.format(
            Locale.ROOT,
            "Cannot read CIFAR from %s: expected train.bin (CIFAR-100) or data_batch_1.bin"
                + " (CIFAR-10) of the binary version, got neither",
            folder.uri()));
  }

  private Part part(String file) {
    if (!storage.exists(file)) {
      throw new UnfitDataException(
          "Cannot read CIFAR from " + storage.uri() + ": expected " + file + ", got no such file");
    }
    long bytes = storage.length(file);
    if (bytes == 0 || bytes % layout.recordBytes() != 0) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read %s/%s: expected a multiple of %d bytes, got %d; the file is cut off",
              storage.uri(),
              file,
              layout.recordBytes(),
              bytes));
    }
    return new Part(file, bytes / layout.recordBytes());
  }

  private List<Part> parts(String split) {
    List<Part> found = parts.get(split);
    if (found == null) {
      throw new UnfitDataException(
          "Cannot read split " + split + " of CIFAR: expected one of " + splits());
    }
    return found;
  }

  private List<String> readClassNames() {
    if (!storage.exists(layout.namesFile)) {
      return IntStream.range(0, layout.classes).mapToObj(Integer::toString).toList();
    }
    List<String> names =
        storage
            .text(layout.namesFile)
            .lines()
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .toList();
    if (names.size() != layout.classes) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read %s/%s: expected %d class names, got %d",
              storage.uri(),
              layout.namesFile,
              layout.classes,
              names.size()));
    }
    return names;
  }

  /** Reads the records of consecutive files; a file is open only while it is read. */
  private final class Records implements Iterator<Sample> {

    private final List<Part> pending;
    private final byte[] record = new byte[layout.recordBytes()];
    private long skip;
    private long left;
    private long leftInFile;

    /** Of the next image in the file. */
    private long number;

    private String file = "";
    private @Nullable InputStream stream;

    Records(List<Part> parts, long from, long to) {
      pending = new ArrayList<>(parts);
      skip = from;
      left = to - from;
    }

    @Override
    public boolean hasNext() {
      return left > 0;
    }

    @Override
    public Sample next() {
      if (left <= 0) {
        throw new NoSuchElementException("Cannot read a sample: expected one more, got none");
      }
      try {
        read();
      } catch (EOFException e) {
        throw new UnfitDataException(
            "Cannot read " + storage.uri() + "/" + file + ": expected a whole record, got its end",
            e);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + storage.uri() + "/" + file, e);
      }
      return sample();
    }

    private void read() throws IOException {
      InputStream current = stream == null ? openNext() : stream;
      if (current.readNBytes(record, 0, record.length) < record.length) {
        throw new EOFException();
      }
      left--;
      leftInFile--;
      number++;
      if (left == 0 || leftInFile == 0) {
        current.close();
        stream = null;
      }
    }

    private InputStream openNext() throws IOException {
      Part part = pending.remove(0);
      while (skip >= part.count()) {
        skip -= part.count();
        part = pending.remove(0);
      }
      file = part.file();
      leftInFile = part.count() - skip;
      InputStream opened = storage.open(file);
      stream = opened;
      opened.skipNBytes(skip * record.length);
      number = skip;
      skip = 0;
      return opened;
    }

    private Sample sample() {
      int label = checked(record[layout.labelBytes - 1] & 0xFF, file, number - 1);
      byte[] values = Arrays.copyOfRange(record, layout.labelBytes, record.length);
      return new Sample(ImageCodec.encodePng(new Pixels(values, SIDE, SIDE)), label);
    }
  }
}
