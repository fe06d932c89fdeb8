package io.deepincubation.core.data.set;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.storage.FileName;
import io.deepincubation.core.storage.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a prepared set holds; kept as {@code index.json}, whose presence commits the set.
 *
 * @param formatVersion version of the index and the shards, {@value #FORMAT_VERSION}
 * @param sizes of the images; null where samples are texts
 * @param channels 3: red, green, blue; null where samples are texts
 * @param classNames a class is an index into them, and so is a label where there are no label sets
 * @param mean of the training split per channel, 0 to 1; null where samples are texts
 * @param std standard deviation of the training split per channel, 0 to 1; null where samples are
 *     texts
 * @param classCounts samples of each class, by split; of a dense task images that it is on
 * @param splits shards by split, in the order of their samples
 * @param labelSets the classes, rising, that each label stands for, where samples have any number
 *     of classes; null where a label is a class
 * @param texts what texts are made of; null where samples are images
 * @param scenes what is annotated on images of a dense task; null where samples have labels
 */
public record DataIndex(
    int formatVersion,
    @Nullable ImageSizes sizes,
    @Nullable Integer channels,
    List<String> classNames,
    @Nullable List<Double> mean,
    @Nullable List<Double> std,
    Map<String, List<Integer>> classCounts,
    Map<String, List<Shard>> splits,
    @Nullable List<List<Integer>> labelSets,
    @Nullable TextForm texts,
    @Nullable SceneForm scenes) {

  /** The version that this program writes and reads. */
  public static final int FORMAT_VERSION = 2;

  /** The index's name in the set's folder. */
  public static final String FILE = "index.json";

  private static final Gson COMPACT = new GsonBuilder().disableHtmlEscaping().create();
  private static final Gson PRETTY =
      new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();
  private static final Set<String> KEYS =
      Set.of("formatVersion", "classNames", "classCounts", "splits", "digest");

  /** The keys that sets of images have, and those of texts have not. */
  private static final Set<String> OF_IMAGES = Set.of("sizes", "channels", "mean", "std");

  /** The key that sets of texts have, and those of images have not. */
  private static final String TEXTS = "texts";

  /** The key that only sets of dense tasks have, which are of images. */
  private static final String SCENES = "scenes";

  /** The key that only sets of several labels have. */
  private static final String LABEL_SETS = "labelSets";

  /**
   * One Parquet file.
   *
   * @param file its name in the set's folder, such as {@code train/part-00000.parquet}
   * @param count its samples
   * @param sha256 hex digest of its bytes
   * @param bytes its length
   * @param rowGroups what it can be read in, in order
   * @param footer what is behind them
   */
  public record Shard(
      String file,
      int count,
      String sha256,
      long bytes,
      List<RowGroup> rowGroups,
      FileRange footer) {

    /** Checks that all is there. */
    public Shard {
      Objects.requireNonNull(file, "file");
      Objects.requireNonNull(sha256, "sha256");
      Objects.requireNonNull(footer, "footer");
      rowGroups = List.copyOf(rowGroups);
      if (!FileName.isBelow(file)) {
        throw new IllegalArgumentException(
            "Cannot list shard " + file + ": expected the name of a file in the set's folder");
      }
      if (count < 1 || bytes < 1) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "Cannot list shard %s: expected samples and bytes, got %d and %d",
                file,
                count,
                bytes));
      }
      if (rowGroups.stream().mapToInt(RowGroup::count).sum() != count) {
        throw new IllegalArgumentException(
            "Cannot list shard " + file + ": expected row groups of " + count + " samples in all");
      }
    }
  }

  /**
   * Samples that are read together.
   *
   * @param count how many
   * @param range where they lie in the shard
   */
  public record RowGroup(int count, FileRange range) {}

  /** The index of a set of images that have a class each. */
  public DataIndex(
      int formatVersion,
      ImageSizes sizes,
      int channels,
      List<String> classNames,
      List<Double> mean,
      List<Double> std,
      Map<String, List<Integer>> classCounts,
      Map<String, List<Shard>> splits) {
    this(
        formatVersion,
        sizes,
        channels,
        classNames,
        mean,
        std,
        classCounts,
        splits,
        null,
        null,
        null);
  }

  /** Checks and copies. */
  public DataIndex {
    classNames = List.copyOf(classNames);
    mean = mean == null ? null : List.copyOf(mean);
    std = std == null ? null : List.copyOf(std);
    var copy = new LinkedHashMap<String, List<Shard>>();
    splits.forEach((split, shards) -> copy.put(split, List.copyOf(shards)));
    splits = Collections.unmodifiableMap(copy);
    var counts = new LinkedHashMap<String, List<Integer>>();
    classCounts.forEach((split, ofClasses) -> counts.put(split, List.copyOf(ofClasses)));
    classCounts = Collections.unmodifiableMap(counts);
    labelSets = labelSets == null ? null : labelSets.stream().map(List::copyOf).toList();
    if (texts == null) {
      requireImageFacts(sizes, channels, mean, std);
    }
  }

  private static void requireImageFacts(
      @Nullable ImageSizes sizes,
      @Nullable Integer channels,
      @Nullable List<Double> mean,
      @Nullable List<Double> std) {
    Objects.requireNonNull(sizes, "sizes");
    if (channels == null || channels != ImageCodec.CHANNELS) {
      throw new IllegalArgumentException(
          "Cannot index images: expected 3 channels, got " + channels);
    }
    int means = Objects.requireNonNull(mean, "mean").size();
    int deviations = Objects.requireNonNull(std, "std").size();
    if (means != channels || deviations != channels) {
      throw new IllegalArgumentException(
          "Cannot index images: expected a mean and a std for each of 3 channels, got "
              + means
              + " and "
              + deviations);
    }
  }

  /**
   * What the texts are made of.
   *
   * @param where the set's URI, for messages
   * @throws UnfitDataException if the set's samples are images
   */
  public TextForm requireTexts(String where) {
    if (texts == null) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read texts from %s: expected a set of texts, got one of images; run `prepare`"
                  + " with --text-column, or choose a network of images by model.family",
              where));
    }
    return texts;
  }

  /**
   * What is annotated on the images.
   *
   * @param where the set's URI, for messages
   * @param kind that is wanted
   * @throws UnfitDataException if there is nothing, or something else
   */
  public SceneForm requireScenes(String where, SceneKind kind) {
    if (scenes == null || scenes.kind() != kind) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read annotated images from %s: expected a set for %s, got one for %s; run"
                  + " `prepare` with --task %s",
              where,
              kind.word(),
              scenes == null ? "classification" : scenes.kind().word(),
              kind.word()));
    }
    return scenes;
  }

  /**
   * The sizes of the images, which have labels.
   *
   * @param where the set's URI, for messages
   * @throws UnfitDataException if the set's samples are texts, or images of a dense task
   */
  public ImageSizes requireImages(String where) {
    if (scenes != null) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read labelled images from %s: expected a set for classification, got one for"
                  + " %s; use it for a transfer, or run `prepare` without --task",
              where,
              scenes.kind().word()));
    }
    if (sizes == null) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read images from %s: expected a set of images, got one of texts; choose a"
                  + " network of texts by model.family=bert",
              where));
    }
    return sizes;
  }

  /** A number that all labels are below. */
  int labelBound() {
    return scenes == null ? labels().labels() : SceneTable.LABELS;
  }

  /** Which classes labels stand for; of a dense task no label does, but the classes are these. */
  public LabelSets labels() {
    return new LabelSets(classNames.size(), labelSets);
  }

  /** The classes, and how often each is in the training split. */
  public Classes classes() {
    return new Classes(
        classNames,
        labels(),
        count(ImageSource.TRAIN),
        classCounts.getOrDefault(ImageSource.TRAIN, List.of()));
  }

  /** Number of samples in a split; 0 if there is none of that name. */
  public long count(String split) {
    return splits.getOrDefault(split, List.of()).stream().mapToLong(Shard::count).sum();
  }

  /**
   * Number of samples that training sees: the training split's, of a dense task those that there is
   * something to learn from.
   */
  public int trained() {
    return scenes == null ? Math.toIntExact(count(ImageSource.TRAIN)) : scenes.learnt();
  }

  /** Bytes of a split's shards; 0 if there is none of that name. */
  public long bytes(String split) {
    return splits.getOrDefault(split, List.of()).stream().mapToLong(Shard::bytes).sum();
  }

  /** SHA-256 over all facts; equal for equal sets wherever they lie. */
  public String digest() {
    return Sha256.of(COMPACT.toJson(this).getBytes(StandardCharsets.UTF_8));
  }

  /** SHA-256 over the samples of a split. */
  public String digest(String split) {
    String facts = COMPACT.toJson(splits.getOrDefault(split, List.of()));
    return Sha256.of(facts.getBytes(StandardCharsets.UTF_8));
  }

  /** The index file's text. */
  String toJson() {
    JsonObject json = COMPACT.toJsonTree(this).getAsJsonObject();
    json.add("digest", new JsonPrimitive(digest()));
    return PRETTY.toJson(json) + "\n";
  }

  /**
   * Reads an index file's text.
   *
   * @param where its URI, for messages
   * @throws UnfitDataException if it is not what {@link #toJson} writes
   */
  static DataIndex fromJson(String text, String where) {
    try {
      JsonObject json = JsonParser.parseString(text).getAsJsonObject();
      checkVersion(json, where);
      checkKeys(json, where);
      DataIndex index = COMPACT.fromJson(json, DataIndex.class);
      checkDigest(json.get("digest").getAsString(), index, where);
      return index;
    } catch (UnfitDataException e) {
      throw e;
    } catch (JsonParseException
        | IllegalStateException
        | ClassCastException
        | UnsupportedOperationException e) {
      throw malformed(where, e);
    } catch (RuntimeException e) {
      // Gson wraps what a record's constructor throws.
      throw malformed(where, e.getCause() instanceof Exception cause ? cause : e);
    }
  }

  private static void checkVersion(JsonObject json, String where) {
    JsonElement version = json.get("formatVersion");
    if (version == null || version.getAsInt() != FORMAT_VERSION) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read %s: expected format version %d, got %s; run `prepare` of this release",
              where,
              FORMAT_VERSION,
              version));
    }
  }

  private static void checkKeys(JsonObject json, String where) {
    var keys = new HashSet<>(json.keySet());
    keys.remove(LABEL_SETS);
    var expected = new HashSet<>(KEYS);
    if (keys.contains(TEXTS)) {
      expected.add(TEXTS);
    } else {
      expected.addAll(OF_IMAGES);
      keys.remove(SCENES);
    }
    if (!keys.equals(expected)) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read %s: expected the keys %s, got %s; run `prepare` again",
              where,
              expected.stream().sorted().toList(),
              json.keySet().stream().sorted().toList()));
    }
  }

  private static void checkDigest(String digest, DataIndex index, String where) {
    if (!index.digest().equals(digest)) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read %s: expected facts of digest %s, got %s; it was changed by hand, run"
                  + " `prepare` again",
              where,
              digest,
              index.digest()));
    }
  }

  private static UnfitDataException malformed(String where, Exception cause) {
    return new UnfitDataException(
        String.format(
            Locale.ROOT,
            "Cannot read %s: expected an index as `prepare` writes it, got %s; run `prepare` again",
            where,
            cause.getMessage()),
        cause);
  }
}
