package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.spark.prepare.FileListing.Entry;
import io.deepincubation.spark.prepare.PictureFiles.Picture;
import io.deepincubation.spark.storage.StorageFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Image files, and PNG files of their pixels' classes in another folder: at the same place below
 * it, of the same name but the extension. The first folder may be a split.
 */
final class MaskFolder implements SampleSource {

  private final SparkSession spark;
  private final StorageFactory storages;
  private final Scenes scenes;
  private final String masks;
  private final PictureFiles images;
  private final LeftOut leftOut;
  private @Nullable List<String> classNames;

  /**
   * Looks at the folders' files.
   *
   * @throws UnfitDataException if there are no images, or no mask of any
   */
  MaskFolder(
      SparkSession spark,
      StorageFactory storages,
      FileListing listing,
      FileListing ofMasks,
      Preparation request,
      Scenes scenes) {
    this.spark = spark;
    this.storages = storages;
    this.scenes = scenes;
    masks = ofMasks.root();
    var counter = new LeftOut.Counter();
    PictureFiles all = PictureFiles.of(listing, request.from(), counter);
    var byStem = new HashMap<String, Entry>();
    for (Entry file : ofMasks.files()) {
      if (PictureFiles.isPicture(file)) {
        byStem.put(stem(file), file);
      } else {
        counter.add(file.kind(), file.name());
      }
    }
    images = new PictureFiles(listing.root(), paired(all, byStem));
    byStem.values().forEach(mask -> counter.add("masks without an image", mask.name()));
    leftOut = counter.sum();
    requireMasks(request.from());
  }

  private static String stem(Entry file) {
    return file.name().substring(0, file.name().length() - file.extension().length());
  }

  /** Images with the names of their masks, which are taken out of the map. */
  private static List<Picture> paired(PictureFiles all, Map<String, Entry> masks) {
    var paired = new ArrayList<Picture>();
    for (Picture image : all.images()) {
      String name = image.file().name();
      String first = name.substring(0, Math.max(0, name.indexOf('/')));
      @Nullable Entry mask = masks.remove(stem(image.file()));
      byte[] maskName = (mask == null ? "" : mask.name()).getBytes(StandardCharsets.UTF_8);
      String split = Splits.named(Splits.isUsual(first) ? first : "");
      paired.add(new Picture(image.file(), split, ANNOTATED, maskName));
    }
    return paired;
  }

  private void requireMasks(String from) {
    if (images.images().stream().allMatch(image -> image.annotation().length == 0)) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read masks from %s: expected PNG files of the names of images of %s, such as"
                  + " %s.png, got none",
              masks,
              from,
              stem(images.images().get(0).file())));
    }
  }

  @Override
  public List<String> classNames() {
    List<String> known = classNames;
    if (known == null) {
      known = MaskClasses.of(samples(), scenes, storages);
      classNames = known;
    }
    return known;
  }

  @Override
  public List<String> labels() {
    return List.of(ANNOTATED);
  }

  @Override
  public Map<String, Map<String, Long>> counts() {
    return images.counts();
  }

  @Override
  public JavaRDD<RawSample> samples() {
    StorageFactory factory = storages;
    String folder = masks;
    return images.samples(spark, storages).map(sample -> withMask(sample, factory, folder));
  }

  private static RawSample withMask(RawSample image, StorageFactory storages, String folder) {
    String name = new String(image.annotation(), StandardCharsets.UTF_8);
    if (image.content() == null) {
      return image;
    }
    if (name.isEmpty()) {
      return image.rejected("expected a mask of its name in " + folder + ", got none");
    }
    try (InputStream stream = storages.open(folder).open(name)) {
      return image.annotated(stream.readAllBytes());
    } catch (IOException | StorageException e) {
      return image.rejected(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public LeftOut leftOut() {
    return leftOut;
  }
}
