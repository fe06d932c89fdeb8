package io.deepincubation.spark.cli;

import io.deepincubation.core.data.annotation.MaskRule;
import io.deepincubation.core.data.pixels.ContactSheet;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.ImageFitting;
import io.deepincubation.core.data.set.ImageFitting.Encoding;
import io.deepincubation.core.data.set.ImageSizes;
import io.deepincubation.core.data.set.RejectedTable;
import io.deepincubation.core.data.set.SceneForm;
import io.deepincubation.core.data.set.SceneKind;
import io.deepincubation.core.data.set.SplitSize;
import io.deepincubation.core.data.set.TextForm;
import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.data.text.Tokenizer;
import io.deepincubation.core.network.TextTransformer;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.text.Quantities;
import io.deepincubation.spark.prepare.Columns;
import io.deepincubation.spark.prepare.Labels;
import io.deepincubation.spark.prepare.Preparation;
import io.deepincubation.spark.prepare.PrepareJob;
import io.deepincubation.spark.prepare.Prepared;
import io.deepincubation.spark.prepare.Prepared.Outcome;
import io.deepincubation.spark.prepare.Scenes;
import io.deepincubation.spark.prepare.Subset;
import io.deepincubation.spark.prepare.Texts;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "prepare",
    description = "Makes a training set, Parquet and an index, of images or texts.")
final class Prepare extends Verb {

  /** Class names that are printed. */
  private static final int TOLD = 10;

  @Mixin private final SourceOptions source = new SourceOptions();

  @Mixin private final TargetOptions target = new TargetOptions();

  @Option(
      names = "--image-column",
      paramLabel = "NAME",
      defaultValue = "image",
      description =
          "A table's column of JPEG or PNG files or their paths, fields of structs with dots"
              + " between; default ${DEFAULT-VALUE}.")
  private String imageColumn = "image";

  @Option(
      names = "--text-column",
      paramLabel = "NAME",
      defaultValue = "",
      description = "A table's column of texts, to make a set of texts instead of images.")
  private String textColumn = "";

  @Option(
      names = "--tokenizer",
      paramLabel = "URI",
      defaultValue = "",
      description =
          "A tokenizer.json of Hugging Face's tokenizers that cuts texts into tokens; default one"
              + " that is made of the words of the training texts.")
  private String tokenizer = "";

  @Option(
      names = "--vocabulary",
      paramLabel = "N",
      description =
          "Tokens that the tokenizer that is made has at most; default "
              + TextTransformer.VOCABULARY
              + ".")
  private @Nullable Integer vocabulary;

  @Option(
      names = "--length",
      paramLabel = "N",
      description =
          "Tokens of a text at most, longer texts are cut; default " + TextTransformer.LENGTH + ".")
  private @Nullable Integer length;

  @Option(
      names = "--task",
      paramLabel = "T",
      description =
          "What images are for: segmentation, with the class of each pixel, or detection, with"
              + " objects; default their classification.")
  private @Nullable SceneKind task;

  @Option(
      names = "--masks",
      paramLabel = "URI",
      defaultValue = "",
      description =
          "For segmentation, a folder of PNG files of class numbers, each at the place and of the"
              + " name of its image below --from.")
  private String masks = "";

  @Option(
      names = "--mask-column",
      paramLabel = "NAME",
      defaultValue = "mask",
      description =
          "For segmentation, a table's column of such PNG files or their paths; default"
              + " ${DEFAULT-VALUE}.")
  private String maskColumn = "mask";

  @Option(
      names = "--reduce-zero-label",
      description = "In masks 0 is no class, and class c is written as c + 1.")
  private boolean reduceZeroLabel;

  @Option(
      names = "--ignore-label",
      paramLabel = "N",
      description = "A number of masks that is no class, beside 255; default none.")
  private @Nullable Integer ignoreLabel;

  @Option(
      names = "--class-names",
      paramLabel = "URI",
      defaultValue = "",
      description =
          "For segmentation, a file of the classes' names, a line each or a JSON array; default"
              + " the numbers up to the highest in the masks.")
  private String classNames = "";

  @Option(
      names = "--annotations",
      paramLabel = "SPLIT=URI",
      description =
          "For detection, a file of COCO's JSON of the images below --from, once for each split;"
              + " without SPLIT= the file's name tells the split.")
  private List<String> annotations = List.of();

  @Option(
      names = "--box-column",
      paramLabel = "NAME",
      defaultValue = "bbox",
      description =
          "For detection, a table's column of arrays of x, y, width and height of each object,"
              + " whose classes are arrays in --label-column; default ${DEFAULT-VALUE}.")
  private String boxColumn = "bbox";

  @Option(
      names = "--outline-column",
      paramLabel = "NAME",
      defaultValue = "",
      description =
          "For detection, a table's column of arrays of each object's mask: COCO's compressed run"
              + " lengths, or polygons; default boxes alone.")
  private String outlineColumn = "";

  @Option(
      names = "--label-column",
      paramLabel = "NAME",
      defaultValue = "label",
      description =
          "A table's column of class numbers or names, or of arrays of them where an image has any"
              + " number of classes; default ${DEFAULT-VALUE}.")
  private String labelColumn = "label";

  @Option(
      names = "--labels",
      paramLabel = "HOW",
      defaultValue = "auto",
      description =
          "What values of that column are: numbers of classes, of which some may have no images;"
              + " names of classes; auto (default): by its type, without gaps in numbers.")
  private Labels labels = Labels.AUTO;

  @Option(
      names = "--split-column",
      paramLabel = "NAME",
      defaultValue = "",
      description =
          "A table's column of train, test or val; default by names of files and folders, else all"
              + " rows are for training.")
  private String splitColumn = "";

  @Option(
      names = "--test-fraction",
      paramLabel = "F",
      defaultValue = "0",
      description =
          "Part of the training images of each class that becomes the test split; default none.")
  private double testFraction;

  @Option(
      names = "--validation-fraction",
      paramLabel = "F",
      defaultValue = "0",
      description =
          "Part of the training images of each class that becomes the split val, by which curves"
              + " are drawn and weights chosen; default none.")
  private double validationFraction;

  @Option(
      names = "--image-size",
      paramLabel = "PIXELS",
      defaultValue = "0",
      description = "Side of the middle square that images become; default as they are.")
  private int imageSize;

  @Option(
      names = "--shorter-side",
      paramLabel = "PIXELS",
      defaultValue = "0",
      description = "What larger images are reduced to, aspect kept; default as they are.")
  private int shorterSide;

  @Option(
      names = "--encoding",
      paramLabel = "E",
      defaultValue = "keep",
      description = "keep (default), jpeg (quality 95) or png.")
  private Encoding encoding = Encoding.KEEP;

  @Option(
      names = "--fraction",
      paramLabel = "F",
      defaultValue = "1",
      description = "Part of the training images that is taken; default all.")
  private double fraction = 1;

  @Option(names = "--balanced", description = "Takes --fraction of each class.")
  private boolean balanced;

  @Option(
      names = "--images-per-class",
      paramLabel = "N",
      defaultValue = "0",
      description = "Takes N training images of each class; default all.")
  private int imagesPerClass;

  @Option(
      names = "--max-rejected",
      paramLabel = "F",
      defaultValue = "0.001",
      description = "Part of the images that may be unreadable; default ${DEFAULT-VALUE}.")
  private double maxRejected;

  @Option(
      names = "--shard-size",
      paramLabel = "N",
      description = "Images of a shard, about; default 5000.")
  private @Nullable Integer shardSize;

  @Option(names = "--seed", paramLabel = "N", description = "Decides the order of the images.")
  private @Nullable Long seed;

  @Option(names = "--replace", description = "Replaces another set that is in the folder.")
  private boolean replace;

  /** The answer's JSON. */
  private record Facts(
      String status,
      String data,
      int classes,
      @Nullable ImageSizes sizes,
      @Nullable TextForm texts,
      @Nullable SceneForm scenes,
      Map<String, Long> images,
      @Nullable List<Double> mean,
      @Nullable List<Double> std,
      String digest,
      SplitSize trainSize,
      long rejected,
      Map<String, Long> leftOut,
      List<String> warnings) {}

  @Override
  Answer answer() {
    Preparation preparation = preparation();
    try (CliSession session = CliSession.start(new PlaceOptions(), output())) {
      return answer(new PrepareJob(session.spark(), session.storages()).run(preparation));
    }
  }

  private Preparation preparation() {
    if (imageSize < 0 || shorterSide < 0) {
      throw new UsageException(
          "Cannot prepare a training set: expected --image-size and --shorter-side from 1, got "
              + Math.min(imageSize, shorterSide));
    }
    if (imageSize > 0 && shorterSide > 0) {
      throw new UsageException(
          "Cannot prepare a training set: expected --image-size or --shorter-side, got both");
    }
    Preparation preparation =
        samples(Preparation.of(source.from(), target.to()))
            .format(source.format())
            .columns(
                new Columns(
                    textColumn.isEmpty() ? imageColumn : textColumn,
                    labelColumn,
                    splitColumn,
                    labels))
            .testFraction(testFraction)
            .validationFraction(validationFraction)
            .subset(new Subset(fraction, balanced, imagesPerClass))
            .maxRejected(maxRejected);
    if (shardSize != null) {
      preparation = preparation.shardSize(shardSize);
    }
    if (seed != null) {
      preparation = preparation.seed(seed);
    }
    return replace ? preparation.replacing() : preparation;
  }

  private Preparation samples(Preparation preparation) {
    return task == null ? labelled(preparation) : annotated(preparation, task);
  }

  private Preparation annotated(Preparation preparation, SceneKind kind) {
    boolean pixels = kind == SceneKind.SEGMENTATION;
    require(textColumn.isEmpty(), "images for --task, got --text-column");
    require(
        pixels || !hasMasks(),
        "--task segmentation beside --masks, --reduce-zero-label, --ignore-label and"
            + " --class-names");
    require(!pixels || annotations.isEmpty(), "--task detection beside --annotations");
    return preparation
        .scenes(
            Scenes.of(kind)
                .masks(masks)
                .annotations(annotations)
                .columns(new Scenes.Columns(maskColumn, boxColumn, outlineColumn))
                .numbers(reduceZeroLabel, Objects.requireNonNullElse(ignoreLabel, MaskRule.NONE))
                .classNames(classNames))
        .fitting(new ImageFitting(imageSize, shorterSide, encoding));
  }

  private boolean hasMasks() {
    return !masks.isEmpty() || reduceZeroLabel || ignoreLabel != null || !classNames.isEmpty();
  }

  private Preparation labelled(Preparation preparation) {
    require(
        !hasMasks() && annotations.isEmpty(),
        "--task beside --masks, --reduce-zero-label, --ignore-label, --class-names and"
            + " --annotations");
    boolean ofTexts = !tokenizer.isEmpty() || vocabulary != null || length != null;
    if (textColumn.isEmpty()) {
      require(!ofTexts, "--text-column beside --tokenizer, --vocabulary and --length");
      return preparation.fitting(new ImageFitting(imageSize, shorterSide, encoding));
    }
    require(
        imageSize == 0 && shorterSide == 0 && encoding == Encoding.KEEP,
        "no --image-size, --shorter-side or --encoding of texts");
    require(
        tokenizer.isEmpty() || vocabulary == null, "--tokenizer or --vocabulary, not both of them");
    return preparation.texts(
        new Texts(
            tokenizer,
            Objects.requireNonNullElse(vocabulary, TextTransformer.VOCABULARY),
            Objects.requireNonNullElse(length, TextTransformer.LENGTH)));
  }

  private static void require(boolean fits, String expected) {
    if (!fits) {
      throw new UsageException("Cannot prepare a training set: expected " + expected);
    }
  }

  private Answer answer(Prepared prepared) {
    DataIndex index = prepared.index();
    var lines = new ArrayList<String>();
    var counts = new LinkedHashMap<String, Long>();
    for (String split : index.splits().keySet()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%s: %,d %s%s",
              split,
              index.count(split),
              index.texts() == null ? "images" : "texts",
              ofClass(index, split)));
      counts.put(split, index.count(split));
    }
    int classes = index.classNames().size();
    lines.add(
        String.format(
            Locale.ROOT,
            "%d classes%s: %s",
            classes,
            index.labels().areSeveral() ? ", any number of one" : "",
            names(index.classNames())));
    lines.addAll(form(index));
    annotated(index).ifPresent(lines::add);
    SplitSize trainSize = SplitSize.of(index, ImageSource.TRAIN);
    lines.add(Results.onANode(trainSize));
    List<String> warnings = warnings(prepared);
    warnings.forEach(warning -> lines.add(Answer.WARNING + warning));
    String look = index.texts() == null ? ContactSheet.FILE : Tokenizer.FILE;
    lines.add(done(prepared.outcome()) + " " + target.to() + "; see " + look + " there");
    return new Answer(
        lines,
        new Facts(
            prepared.outcome() == Outcome.SAME ? "already-done" : "done",
            target.to(),
            classes,
            index.sizes(),
            index.texts(),
            index.scenes(),
            counts,
            index.mean(),
            index.std(),
            index.digest(),
            trainSize,
            prepared.rejected(),
            prepared.leftOut().counts(),
            warnings));
  }

  private static List<String> form(DataIndex index) {
    TextForm texts = index.texts();
    if (texts != null) {
      return List.of(
          String.format(
              Locale.ROOT,
              "Tokens: at most %,d of a text, a vocabulary of %,d",
              texts.length(),
              texts.vocabulary()));
    }
    return List.of(
        "Size: " + index.sizes() + " pixels",
        "Mean: " + levels(index.mean()) + ", standard deviation: " + levels(index.std()));
  }

  private static String done(Outcome outcome) {
    return switch (outcome) {
      case NEW -> "Prepared in";
      case SAME -> "Already done in";
      case REPLACED -> "Prepared in place of another set in";
    };
  }

  private List<String> warnings(Prepared prepared) {
    var warnings = new ArrayList<String>();
    if (prepared.rejected() > 0) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "%s samples are not in the set; %s/%s lists them with the reasons",
              Quantities.count(prepared.rejected()),
              target.to(),
              RejectedTable.FOLDER));
    }
    if (prepared.leftOut().count() > 0) {
      warnings.add(prepared.leftOut().toString());
    }
    warnings.addAll(prepared.remarks());
    return warnings;
  }

  /** What is annotated, in a line. */
  private static Optional<String> annotated(DataIndex index) {
    SceneForm scenes = index.scenes();
    if (scenes == null) {
      return Optional.empty();
    }
    return Optional.of(
        scenes.kind() == SceneKind.SEGMENTATION
            ? "Masks: " + scenes.ignoredLabel() + " is no class"
            : "Objects: at most " + scenes.mostObjects() + " on an image");
  }

  private static String ofClass(DataIndex index, String split) {
    IntSummaryStatistics counts =
        index.classCounts().getOrDefault(split, List.of()).stream()
            .mapToInt(Integer::intValue)
            .summaryStatistics();
    if (index.scenes() != null) {
      return String.format(
          Locale.ROOT, ", a class on %,d to %,d of them", counts.getMin(), counts.getMax());
    }
    return counts.getMin() == counts.getMax()
        ? String.format(Locale.ROOT, ", %,d of each class", counts.getMin())
        : String.format(Locale.ROOT, ", %,d to %,d of a class", counts.getMin(), counts.getMax());
  }

  private static String names(List<String> classNames) {
    String names = String.join(", ", classNames.subList(0, Math.min(TOLD, classNames.size())));
    return classNames.size() > TOLD ? names + ", ..." : names;
  }

  private static String levels(@Nullable List<Double> levels) {
    return Objects.requireNonNull(levels).stream()
        .map(level -> String.format(Locale.ROOT, "%.3f", level))
        .collect(Collectors.joining(" "));
  }
}
