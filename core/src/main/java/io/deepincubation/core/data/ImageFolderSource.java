package io.deepincubation.core.data;

import io.deepincubation.core.checkpoint.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Image files in folders: {@code train/CLASS/*.png} or {@code .jpg}, and the same under {@code
 * test} or {@code val}. Classes are the folders of {@code train}, sorted by name.
 *
 * <p>Without an image size the files are kept byte for byte and must be equally large. With one,
 * the shorter side is resized to it (bicubic) and the middle square becomes a PNG.
 */
public final class ImageFolderSource implements ImageSource {

  private static final List<String> TEST_FOLDERS = List.of(TEST, "val");

  private record Entry(String file, int label) {}

  private final Storage storage;
  private final OptionalInt imageSize;
  private final List<String> classNames;
  private final Map<String, List<Entry>> entries = new LinkedHashMap<>();

  /**
   * Sorts out the files of a folder.
   *
   * @param storage the folder
   * @param files names of all files below it, such as {@code train/cat/1.png}; others than images
   *     in class folders are left out
   * @param imageSize side of the images, or empty to keep them as they are
   * @throws UnfitDataException if there are no training images, or test images of other classes
   */
  public ImageFolderSource(Storage storage, List<String> files, OptionalInt imageSize) {
    this.storage = storage;
    this.imageSize = imageSize;
    List<String> images = files.stream().filter(ImageFolderSource::isImage).sorted().toList();
    classNames =
        images.stream()
            .filter(file -> splitOf(file).equals(TRAIN))
            .map(ImageFolderSource::classOf)
            .distinct()
            .sorted()
            .toList();
    if (classNames.isEmpty()) {
      throw new UnfitDataException(
          String.format(
              "Cannot read images from %s: expected files like train/CLASS/IMAGE.png or .jpg, got"
                  + " none",
              storage.uri()));
    }
    entries.put(TRAIN, entries(images, TRAIN));
    TEST_FOLDERS.stream()
        .map(folder -> entries(images, folder))
        .filter(found -> !found.isEmpty())
        .findFirst()
        .ifPresent(found -> entries.put(TEST, found));
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public List<String> splits() {
    return List.copyOf(entries.keySet());
  }

  @Override
  public long count(String split) {
    return entriesOf(split).size();
  }

  @Override
  public Iterator<Sample> samples(String split, long from, long to) {
    List<Entry> range = entriesOf(split).subList((int) from, (int) to);
    if (range.isEmpty()) {
      return List.<Sample>of().iterator();
    }
    Reader reader = imageSize.isPresent() ? this::resized : sameSize();
    return range.stream().map(reader::read).iterator();
  }

  @Override
  public int[] labels(String split) {
    return entriesOf(split).stream().mapToInt(Entry::label).toArray();
  }

  private interface Reader {
    Sample read(Entry entry);
  }

  private static boolean isImage(String file) {
    String name = file.toLowerCase(Locale.ROOT);
    return file.split("/", -1).length == 3
        && (name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg"));
  }

  private static String splitOf(String file) {
    return file.substring(0, file.indexOf('/'));
  }

  private static String classOf(String file) {
    return file.substring(file.indexOf('/') + 1, file.lastIndexOf('/'));
  }

  private List<Entry> entries(List<String> images, String folder) {
    Map<String, Integer> labels = new LinkedHashMap<>();
    IntStream.range(0, classNames.size()).forEach(i -> labels.put(classNames.get(i), i));
    var found = new ArrayList<Entry>();
    for (String file : images) {
      if (splitOf(file).equals(folder)) {
        Integer label = labels.get(classOf(file));
        if (label == null) {
          throw new UnfitDataException(
              String.format(
                  "Cannot read image %s/%s: expected one of the classes of train/, got %s",
                  storage.uri(), file, classOf(file)));
        }
        found.add(new Entry(file, label));
      }
    }
    return List.copyOf(found);
  }

  private List<Entry> entriesOf(String split) {
    List<Entry> found = entries.get(split);
    if (found == null) {
      throw new UnfitDataException(
          String.format(
              "Cannot read split %s of %s: expected one of %s", split, storage.uri(), splits()));
    }
    return found;
  }

  private Sample resized(Entry entry) {
    Pixels pixels = decode(entry, bytes(entry));
    Pixels square = Resampling.squareOf(pixels, imageSize.getAsInt());
    return new Sample(ImageCodec.encodePng(square), entry.label());
  }

  private Reader sameSize() {
    Entry first = entriesOf(TRAIN).get(0);
    Pixels expected = decode(first, bytes(first));
    return entry -> {
      byte[] bytes = bytes(entry);
      Pixels pixels = decode(entry, bytes);
      if (pixels.height() != expected.height() || pixels.width() != expected.width()) {
        throw new UnfitDataException(
            String.format(
                "Cannot read image %s/%s: expected %s pixels as in %s, got %s; pass an image size"
                    + " to resize to",
                storage.uri(), entry.file(), expected.size(), first.file(), pixels.size()));
      }
      return new Sample(bytes, entry.label());
    };
  }

  private byte[] bytes(Entry entry) {
    try (InputStream stream = storage.open(entry.file())) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw corrupt(entry, e);
    }
  }

  private Pixels decode(Entry entry, byte[] bytes) {
    try {
      return ImageCodec.decode(bytes);
    } catch (IOException e) {
      throw corrupt(entry, e);
    }
  }

  private UnfitDataException corrupt(Entry entry, IOException cause) {
    return new UnfitDataException(
        "Cannot read image " + storage.uri() + "/" + entry.file() + ": " + cause.getMessage(),
        cause);
  }
}
