package io.deepincubation.spark.prepare;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.text.Quantities;
import io.deepincubation.spark.prepare.FileListing.Entry;
import io.deepincubation.spark.prepare.PictureFiles.Picture;
import io.deepincubation.spark.storage.StorageFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import scala.Tuple3;

/**
 * Image files, and the objects on them in files of COCO's JSON, one for each split. An image's file
 * is the one of the listed name below the folder; of several the one in a folder of the split.
 * Categories become classes by their rising ids.
 */
final class CocoFolder implements SampleSource {

  private final SparkSession spark;
  private final StorageFactory storages;
  private final String root;
  private final TreeMap<Integer, String> categories = new TreeMap<>();
  private final List<Picture> pictures = new ArrayList<>();

  /** Images that are listed and have no file: where it should be, their split, and the reason. */
  private final List<Tuple3<String, String, String>> missing = new ArrayList<>();

  private final LeftOut leftOut;
  private long strays;

  /**
   * Reads the files of annotations, and looks for the images.
   *
   * @throws UnfitDataException if one is missing or of another form, or they name a category
   *     differently
   * @throws UsageException if it cannot be told of which split one is
   */
  CocoFolder(
      SparkSession spark,
      StorageFactory storages,
      FileListing listing,
      Preparation request,
      Scenes scenes) {
    this.spark = spark;
    this.storages = storages;
    root = listing.root();
    var counter = new LeftOut.Counter();
    PictureFiles files = PictureFiles.of(listing, request.from(), counter);
    var byName = new HashMap<String, List<Entry>>();
    for (Picture file : files.images()) {
      byName.computeIfAbsent(last(file.file().name()), any -> new ArrayList<>()).add(file.file());
    }
    var used = new HashSet<String>();
    for (Map.Entry<String, String> file : files(scenes).entrySet()) {
      CocoFile coco = CocoFile.read(file.getValue(), storages);
      addCategories(file.getValue(), coco);
      strays += coco.strays();
      coco.images().forEach(image -> add(image, file.getKey(), byName, used));
    }
    files.images().stream()
        .map(file -> file.file().name())
        .filter(name -> !used.contains(name))
        .forEach(name -> counter.add("images that are not listed", name));
    leftOut = counter.sum();
  }

  /** The files' places by their splits. */
  private static Map<String, String> files(Scenes scenes) {
    var files = new LinkedHashMap<String, String>();
    for (String given : scenes.annotations()) {
      int sign = given.indexOf('=');
      boolean named = sign > 0 && given.substring(0, sign).matches("[A-Za-z0-9_-]+");
      String uri = named ? given.substring(sign + 1) : given;
      String split = named ? Splits.named(given.substring(0, sign)) : Splits.ofFile(last(uri));
      if (split.isEmpty() || files.put(split, uri) != null) {
        throw new UsageException(
            String.format(
                Locale.ROOT,
                "Cannot prepare a training set: expected one --annotations SPLIT=FILE for each"
                    + " split, got %s",
                given));
      }
    }
    return files;
  }

  private static String last(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  private void addCategories(String uri, CocoFile coco) {
    coco.categories()
        .forEach(
            (id, name) -> {
              String other = categories.putIfAbsent(id, name);
              if (other != null && !other.equals(name)) {
                throw new UnfitDataException(
                    String.format(
                        Locale.ROOT,
                        "Cannot read annotations from %s: expected category %d to be %s as in"
                            + " another file, got %s",
                        uri,
                        id,
                        other,
                        name));
              }
            });
  }

  private void add(
      CocoFile.Image image, String split, Map<String, List<Entry>> byName, Set<String> used) {
    List<Entry> named =
        byName.getOrDefault(last(image.name()), List.of()).stream()
            .filter(file -> ("/" + file.name()).endsWith("/" + image.name()))
            .toList();
    Optional<Entry> file =
        named.size() < 2
            ? named.stream().findFirst()
            : named.stream().filter(each -> Splits.ofFile(each.name()).equals(split)).findFirst();
    if (file.isPresent()) {
      used.add(file.get().name());
      pictures.add(new Picture(file.get(), split, ANNOTATED, image.annotation()));
    } else {
      missing.add(
          new Tuple3<>(
              FileListing.at(root, image.name()),
              split,
              named.isEmpty()
                  ? "expected a file of that name, got none"
                  : "expected one file of that name, got " + named.size()));
    }
  }

  @Override
  public List<String> classNames() {
    return List.copyOf(categories.values());
  }

  @Override
  public List<String> labels() {
    return List.of(ANNOTATED);
  }

  @Override
  public Map<String, Map<String, Long>> counts() {
    return new PictureFiles(root, pictures).counts();
  }

  @Override
  public JavaRDD<RawSample> samples() {
    var classes = new HashMap<Integer, Integer>();
    categories.keySet().forEach(id -> classes.put(id, classes.size()));
    JavaRDD<RawSample> images =
        pictures.isEmpty()
            ? JavaSparkContext.fromSparkContext(spark.sparkContext()).emptyRDD()
            : new PictureFiles(root, pictures)
                .samples(spark, storages)
                .map(sample -> withObjects(sample, classes));
    return missing.isEmpty()
        ? images
        : images.union(
            JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(missing, 1)
                .map(none -> new RawSample(none._1(), none._2(), ANNOTATED, null, none._3())));
  }

  private static RawSample withObjects(RawSample image, Map<Integer, Integer> classes) {
    if (image.content() == null) {
      return image;
    }
    JsonArray annotation =
        JsonParser.parseString(new String(image.annotation(), StandardCharsets.UTF_8))
            .getAsJsonArray();
    var reader =
        new ObjectJson(annotation.get(0).getAsInt(), annotation.get(1).getAsInt(), classes);
    try {
      return image.annotated(reader.read(annotation.get(2).getAsJsonArray()).toBytes());
    } catch (IOException | UnfitDataException e) {
      return image.rejected(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public LeftOut leftOut() {
    return leftOut;
  }

  @Override
  public List<String> remarks() {
    return strays == 0
        ? List.of()
        : List.of(
            Quantities.count(strays)
                + " images have annotations but are not listed in their file: left out");
  }
}
