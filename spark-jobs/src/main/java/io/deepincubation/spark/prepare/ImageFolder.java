package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.spark.prepare.PictureFiles.Picture;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/**
 * Image files in folders of their classes, which are in folders of splits or stand alone: the first
 * folder below the split, or below the root, is the class, however deep the file lies. A folder of
 * image files alone is a class by itself.
 */
final class ImageFolder implements SampleSource {

  private static final int TOLD = 5;

  private final SparkSession spark;
  private final StorageFactory storages;
  private final FileListing listing;
  private final boolean hasSplits;
  private final PictureFiles images;
  private final LeftOut leftOut;
  private final List<String> classNames;

  /**
   * Looks at the folder's files.
   *
   * @throws UnfitDataException if there are no images, or none in folders of classes
   */
  ImageFolder(SparkSession spark, StorageFactory storages, FileListing listing, String from) {
    this.spark = spark;
    this.storages = storages;
    this.listing = listing;
    var counter = new LeftOut.Counter();
    PictureFiles all = PictureFiles.of(listing, from, counter);
    hasSplits =
        all.images().stream()
            .map(image -> folders(image.file().name()))
            .anyMatch(folders -> folders.length > 1 && Splits.isUsual(folders[0]));
    images = new PictureFiles(listing.root(), placed(all, counter));
    leftOut = counter.sum();
    classNames =
        List.copyOf(
            images.images().stream()
                .map(Picture::label)
                .collect(Collectors.toCollection(TreeSet::new)));
    requireClasses(from);
  }

  /** Names of the folders that a file is in. */
  private static String[] folders(String name) {
    int slash = name.lastIndexOf('/');
    return slash < 0 ? new String[0] : name.substring(0, slash).split("/", -1);
  }

  /** How many folders an image of a class is in, that of the class the last. */
  private int depth() {
    return hasSplits ? 2 : 1;
  }

  private List<Picture> placed(PictureFiles all, LeftOut.Counter counter) {
    boolean flat = all.images().stream().noneMatch(image -> image.file().name().contains("/"));
    var placed = new ArrayList<Picture>();
    var names = new LinkedHashMap<String, String>();
    for (Picture image : all.images()) {
      String[] folders = folders(image.file().name());
      if (flat) {
        placed.add(new Picture(image.file(), Splits.named(""), listing.name()));
      } else if (hasSplits && (folders.length == 0 || !Splits.isUsual(folders[0]))) {
        counter.add("images outside of the splits", image.file().name());
      } else if (folders.length < depth()) {
        counter.add("images outside of the classes", image.file().name());
      } else {
        String split = Splits.named(hasSplits ? folders[0] : "");
        String label = folders[depth() - 1];
        placed.add(new Picture(image.file(), split, names.computeIfAbsent(label, name -> name)));
      }
    }
    return placed;
  }

  private void requireClasses(String from) {
    if (!hasSplits && classNames.stream().allMatch(Splits::isUsual) && isInFolders()) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read images from %s: expected SPLIT/CLASS/image or CLASS/image, got images"
                  + " directly in %s; put them into a folder for each class",
              from,
              String.join(", ", classNames)));
    }
  }

  private boolean isInFolders() {
    return images.images().stream().allMatch(image -> image.file().name().contains("/"));
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public Map<String, Map<String, Long>> counts() {
    return images.counts();
  }

  @Override
  public JavaRDD<RawSample> samples() {
    return images.samples(spark, storages);
  }

  @Override
  public LeftOut leftOut() {
    return leftOut;
  }

  @Override
  public List<String> remarks() {
    return Stream.of(emptyFolders(), foldersInTheOnlyClass()).flatMap(List::stream).toList();
  }

  private List<String> emptyFolders() {
    var used = new TreeSet<String>();
    for (Picture image : images.images()) {
      String[] folders = folders(image.file().name());
      used.add(String.join("/", List.of(folders).subList(0, Math.min(depth(), folders.length))));
    }
    List<String> empty =
        listing.folders().stream()
            .filter(folder -> folder.split("/", -1).length == depth())
            .filter(folder -> !hasSplits || Splits.isUsual(folders(folder)[0]))
            .filter(folder -> !folder.startsWith(".") && !folder.contains("/."))
            .filter(folder -> !used.contains(folder))
            .toList();
    return empty.isEmpty()
        ? List.of()
        : List.of("Folders without images are no classes: " + Told.some(empty, TOLD));
  }

  private List<String> foldersInTheOnlyClass() {
    var inner = new TreeSet<String>();
    var parents = new TreeSet<String>();
    for (Picture image : images.images()) {
      String[] folders = folders(image.file().name());
      if (folders.length > depth()) {
        inner.add(folders[depth()]);
        parents.add(String.join("/", List.of(folders).subList(0, depth())));
      }
    }
    return classNames.size() > 1 || inner.size() < 2
        ? List.of()
        : List.of(
            String.format(
                Locale.ROOT,
                "If the folders in %s are the classes (%s), give that folder as --from",
                Told.some(parents, TOLD),
                Told.some(inner, TOLD)));
  }
}
