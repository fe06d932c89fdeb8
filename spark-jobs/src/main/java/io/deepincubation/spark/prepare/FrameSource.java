package io.deepincubation.spark.prepare;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.input_file_name;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.apache.spark.sql.functions.to_json;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.LabelSets;
import io.deepincubation.core.data.set.SceneKind;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.spark.storage.StorageFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a data frame: a column of samples of any {@linkplain ContentForm form}, a label column
 * and perhaps a split column. Frames of files (Spark's {@code binaryFile} and {@code image}
 * sources) may do without labels: an image's folder is its class.
 *
 * <p>Whole numbers from 0 are labels as they are; texts become numbers in their alphabetical order.
 * Where the label column holds arrays, an image has any number of classes, and each set of them
 * that occurs is a label.
 */
final class FrameSource implements SampleSource {

  /** The folder of a file's path. */
  private static final String FOLDER = "([^/]+)/[^/]+$";

  /** The column of a selected row that what is annotated begins with. */
  private static final int FIRST_ANNOTATED = 4;

  private static final UDF1<String, String> DECODED = TableFolder::decoded;

  private final SourceFrame frame;
  private final Preparation request;
  private final Columns columns;
  private final StorageFactory storages;
  private final ColumnPath content;
  private final ContentForm form;
  private final @Nullable Scenes scenes;
  private final LabelColumn labels;

  /** Names of numbered classes, where the files tell; else empty. */
  private final List<String> told;

  private final Map<String, Map<String, Long>> counts;

  /** Those of masks, once they were asked for. */
  private @Nullable List<String> maskClasses;

  private FrameSource(
      SourceFrame frame,
      Preparation request,
      StorageFactory storages,
      ColumnPath content,
      ContentForm form) {
    this.frame = frame;
    this.request = request;
    columns = request.columns();
    this.storages = storages;
    this.form = form;
    this.content = content;
    scenes = request.scenes();
    labels = labelColumn();
    told =
        labels.numbers() && columns.labels() == Labels.AUTO
            ? frame.classNames().getOrDefault(columns.label(), List.of())
            : List.of();
    counts = count();
  }

  /**
   * Rows with the columns' usual or given names.
   *
   * @param request whose {@code from} is what the frame is called in messages
   * @param storages open files that rows name
   * @throws UnfitDataException if a column is missing or of another type
   */
  static FrameSource of(SourceFrame frame, Preparation request, StorageFactory storages) {
    Columns columns = request.columns();
    String what = request.from();
    boolean texts = request.texts() != null;
    ColumnPath content =
        find(frame, columns.content(), request, texts ? "texts" : "JPEG or PNG files");
    ContentForm form =
        (texts ? ContentForm.ofTexts(content.type()) : ContentForm.of(content.type()))
            .orElseThrow(
                () ->
                    new UnfitDataException(
                        String.format(
                            Locale.ROOT,
                            "Cannot read %s from %s: expected column %s of %s type, got %s",
                            texts ? "texts" : "images",
                            what,
                            columns.content(),
                            texts ? "text" : "binary, text or image",
                            content.type().simpleString())));
    return new FrameSource(frame, request, storages, content, form);
  }

  private LabelColumn labelColumn() {
    if (scenes != null) {
      return ofScenes(scenes);
    }
    StructType schema = frame.rows().schema();
    Optional<Column> path = path();
    return path.isPresent() && ColumnPath.find(schema, columns.label()).isEmpty()
        ? LabelColumn.ofTexts(regexp_extract(path.get(), FOLDER, 1))
        : LabelColumn.of(find(columns.label(), "labels"), request.from());
  }

  /** That of objects' classes, or a column of no labels. */
  private LabelColumn ofScenes(Scenes annotated) {
    if (annotated.kind() == SceneKind.SEGMENTATION) {
      return LabelColumn.ofTexts(lit(ANNOTATED));
    }
    ColumnPath path = find(columns.label(), "arrays of objects' classes");
    LabelColumn classes = LabelColumn.of(path, request.from());
    if (!classes.several()) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read objects from %s: expected column %s of arrays of classes, one of each"
                  + " object, got %s; name another with --label-column",
              request.from(),
              columns.label(),
              path.type().simpleString()));
    }
    return classes;
  }

  /** The columns of what is annotated; none of images that have labels. */
  private List<Column> annotated() {
    if (scenes == null) {
      return List.of();
    }
    Scenes.Columns named = scenes.columns();
    if (scenes.kind() == SceneKind.SEGMENTATION) {
      return List.of(find(named.mask(), "masks").column().as("mask"));
    }
    var all = new ArrayList<Column>();
    all.add(to_json(find(columns.label(), "classes").column().cast("array<string>")).as("classes"));
    Column boxes = find(named.box(), "boxes").column();
    all.add(to_json(boxes.cast("array<array<double>>")).as("boxes"));
    if (!named.outline().isEmpty()) {
      all.add(to_json(find(named.outline(), "outlines").column()).as("outlines"));
    }
    return all;
  }

  private @Nullable RowAnnotation annotation() {
    if (scenes == null) {
      return null;
    }
    if (scenes.kind() == SceneKind.SEGMENTATION) {
      ColumnPath mask = find(scenes.columns().mask(), "masks");
      return new RowAnnotation.Mask(
          ContentForm.of(mask.type())
              .filter(found -> found != ContentForm.PIXELS)
              .orElseThrow(
                  () ->
                      new UnfitDataException(
                          String.format(
                              Locale.ROOT,
                              "Cannot read masks from %s: expected column %s of binary or text"
                                  + " type, got %s",
                              request.from(),
                              scenes.columns().mask(),
                              mask.type().simpleString()))));
    }
    return new RowAnnotation.Objects(new HashMap<>(classNumbers()));
  }

  /** Numbers of classes by what stands for them in the column. */
  private Map<String, Integer> classNumbers() {
    List<String> names = classNames();
    var numbers = new HashMap<String, Integer>();
    for (int i = 0; i < names.size(); i++) {
      numbers.put(told.isEmpty() ? names.get(i) : Integer.toString(i), i);
    }
    return numbers;
  }

  private Column split() {
    if (!columns.split().isEmpty()) {
      return find(columns.split(), "splits").column().cast("string");
    }
    return frame.split() == null ? lit("") : frame.split();
  }

  /** Where each row's file lies, if the frame comes of files; their folders are classes then. */
  private Optional<Column> path() {
    return switch (form) {
      case PIXELS ->
          ColumnPath.find(frame.rows().schema(), columns.content() + ".origin")
              .map(origin -> decoded(origin.column()));
      case PATH -> Optional.of(content.column());
      case FILE ->
          ColumnPath.find(frame.rows().schema(), "path").map(path -> path.column().cast("string"));
      case BYTES, BYTES_OR_PATH, TEXT -> Optional.empty();
    };
  }

  private Column origin() {
    return path()
        .orElseGet(
            () ->
                form == ContentForm.BYTES_OR_PATH
                    ? coalesce(concat(file(), lit(": "), content.column().getField("path")), file())
                    : file());
  }

  private static Column file() {
    return decoded(input_file_name());
  }

  /** Spark codes the places of files. */
  private static Column decoded(Column place) {
    return functions.udf(DECODED, DataTypes.StringType).apply(place);
  }

  private ColumnPath find(String column, String holding) {
    return find(frame, column, request, holding);
  }

  private static ColumnPath find(
      SourceFrame frame, String column, Preparation request, String holding) {
    boolean texts = request.texts() != null;
    return ColumnPath.find(frame.rows().schema(), column)
        .orElseThrow(
            () ->
                new UnfitDataException(
                    String.format(
                        Locale.ROOT,
                        "Cannot read %s from %s: expected column %s with %s, got %s; name the"
                            + " columns with %s, --label-column and --split-column",
                        texts ? "texts" : "images",
                        request.from(),
                        column,
                        holding,
                        Arrays.toString(frame.rows().columns()),
                        texts ? "--text-column" : "--image-column")));
  }

  private Map<String, Map<String, Long>> count() {
    var found = new LinkedHashMap<String, Map<String, Long>>();
    List<Row> counted =
        frame
            .rows()
            .select(split().as("split"), labels.text().as("label"))
            .groupBy(col("split"), col("label"))
            .count()
            .collectAsList();
    for (Row row : counted) {
      found
          .computeIfAbsent(Splits.named(text(row, 0)), unused -> new LinkedHashMap<>())
          .merge(
              labels.several() ? text(row, 1) : className(text(row, 1), told),
              row.getLong(2),
              Long::sum);
    }
    return found;
  }

  private static String text(Row row, int column) {
    return Optional.ofNullable(row.getString(column)).orElse("");
  }

  /** The name of a numbered class, where the files tell it. */
  private static String className(String label, List<String> told) {
    return label.matches("\\d{1,9}") && Integer.parseInt(label) < told.size()
        ? told.get(Integer.parseInt(label))
        : label;
  }

  @Override
  public List<String> classNames() {
    if (scenes != null && scenes.kind() == SceneKind.SEGMENTATION) {
      return ofMasks(scenes);
    }
    if (!told.isEmpty()) {
      return told;
    }
    Set<String> names = values();
    return switch (columns.labels()) {
      case NUMBERS -> ClassNames.ofNumbers(columns.label(), names, Labels.NUMBERS);
      case NAMES -> labels.numbers() ? ClassNames.ofValues(names) : ClassNames.ofTexts(names);
      case AUTO ->
          labels.numbers()
              ? ClassNames.ofNumbers(columns.label(), names, Labels.AUTO)
              : ClassNames.ofTexts(names);
    };
  }

  private List<String> ofMasks(Scenes annotated) {
    List<String> known = maskClasses;
    if (known == null) {
      known = MaskClasses.of(samples(), annotated, storages);
      maskClasses = known;
    }
    return known;
  }

  /** What stands for classes in the column: labels, or members of them. */
  private Set<String> values() {
    return texts().stream()
        .flatMap(text -> labels.several() ? LabelColumn.ofSet(text).stream() : Stream.of(text))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<String> texts() {
    var texts = new TreeSet<String>();
    counts.values().forEach(ofSplit -> texts.addAll(ofSplit.keySet()));
    texts.remove("");
    return texts;
  }

  /** The sets of classes that occur, by their texts, in the order of their classes. */
  private Map<String, List<Integer>> sets() {
    Map<String, Integer> numbers = classNumbers();
    var sets = new LinkedHashMap<String, List<Integer>>();
    texts().stream()
        .filter(text -> numbers.keySet().containsAll(LabelColumn.ofSet(text)))
        .map(text -> Map.entry(text, set(text, numbers)))
        .sorted(Map.Entry.comparingByValue(FrameSource::compare))
        .forEach(entry -> sets.put(entry.getKey(), entry.getValue()));
    return sets;
  }

  private static List<Integer> set(String text, Map<String, Integer> numbers) {
    return LabelColumn.ofSet(text).stream().map(numbers::get).sorted().toList();
  }

  private static int compare(List<Integer> one, List<Integer> other) {
    return Arrays.compare(
        one.stream().mapToInt(Integer::intValue).toArray(),
        other.stream().mapToInt(Integer::intValue).toArray());
  }

  @Override
  public List<String> labels() {
    if (scenes != null) {
      return List.of(ANNOTATED);
    }
    return labels.several() ? List.copyOf(sets().keySet()) : classNames();
  }

  @Override
  public LabelSets labelSets() {
    int classes = classNames().size();
    return labels.several() && scenes == null
        ? new LabelSets(classes, List.copyOf(sets().values()))
        : LabelSets.single(classes);
  }

  @Override
  public Map<String, Map<String, Long>> counts() {
    return counts;
  }

  @Override
  public LeftOut leftOut() {
    return frame.leftOut();
  }

  @Override
  public JavaRDD<RawSample> samples() {
    ContentForm held = form;
    StorageFactory opened = storages;
    List<String> names = labels.several() ? List.of() : told;
    @Nullable RowAnnotation annotation = annotation();
    var selected =
        new ArrayList<>(
            List.of(
                origin().as("origin"),
                split().as("split"),
                labels.text().as("label"),
                content.column().as("content")));
    selected.addAll(annotated());
    return frame
        .rows()
        .select(selected.toArray(Column[]::new))
        .javaRDD()
        .map(
            row -> {
              RawSample sample = sample(row, held, opened, names);
              return annotation == null ? sample : annotated(sample, row, annotation, opened);
            });
  }

  private static RawSample annotated(
      RawSample sample, Row row, RowAnnotation annotation, StorageFactory storages) {
    byte[] image = sample.content();
    if (image == null || sample.label() == null) {
      return sample;
    }
    try {
      byte[] annotated = annotation.of(row, FIRST_ANNOTATED, image, storages);
      return new RawSample(sample.origin(), sample.split(), ANNOTATED, image, "", annotated);
    } catch (IOException | StorageException | IllegalArgumentException e) {
      return sample.rejected(String.valueOf(e.getMessage()));
    }
  }

  private static RawSample sample(
      Row row, ContentForm form, StorageFactory storages, List<String> told) {
    String split = Splits.named(text(row, 1));
    String label = row.isNullAt(2) ? null : className(row.getString(2), told);
    try {
      return new RawSample(text(row, 0), split, label, form.content(row.get(3), storages));
    } catch (IOException | StorageException | IllegalArgumentException e) {
      return new RawSample(text(row, 0), split, label, null, String.valueOf(e.getMessage()));
    }
  }
}
