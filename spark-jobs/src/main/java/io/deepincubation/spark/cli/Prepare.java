package io.deepincubation.spark.cli;

import io.deepincubation.core.data.pixels.ContactSheet;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.ImageFitting;
import io.deepincubation.core.data.set.ImageFitting.Encoding;
import io.deepincubation.core.data.set.ImageSizes;
import io.deepincubation.core.data.set.RejectedTable;
import io.deepincubation.core.data.set.SplitSize;
import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.text.Quantities;
import io.deepincubation.spark.prepare.Columns;
import io.deepincubation.spark.prepare.Labels;
import io.deepincubation.spark.prepare.Preparation;
import io.deepincubation.spark.prepare.PrepareJob;
import io.deepincubation.spark.prepare.Prepared;
import io.deepincubation.spark.prepare.Prepared.Outcome;
import io.deepincubation.spark.prepare.Subset;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "prepare",
    description = "Makes a training set, Parquet and an index, of images of another form.")
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
      ImageSizes sizes,
      Map<String, Long> images,
      List<Double> mean,
      List<Double> std,
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
        Preparation.of(source.from(), target.to())
            .format(source.format())
            .columns(new Columns(imageColumn, labelColumn, splitColumn, labels))
            .fitting(new ImageFitting(imageSize, shorterSide, encoding))
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

  private Answer answer(Prepared prepared) {
    DataIndex index = prepared.index();
    var lines = new ArrayList<String>();
    var counts = new LinkedHashMap<String, Long>();
    for (String split : index.splits().keySet()) {
      lines.add(
          String.format(
              Locale.ROOT, "%s: %,d images%s", split, index.count(split), ofClass(index, split)));
      counts.put(split, index.count(split));
    }
    int classes = index.classNames().size();
    lines.add(
        String.format(
            Locale.ROOT,
            "%d classes%s: %s",
            classes,
            index.labels().areSeveral() ? ", any number of an image" : "",
            names(index.classNames())));
    lines.add("Size: " + index.sizes() + " pixels");
    lines.add("Mean: " + levels(index.mean()) + ", standard deviation: " + levels(index.std()));
    SplitSize trainSize = SplitSize.of(index, ImageSource.TRAIN);
    lines.add(Results.onANode(trainSize));
    List<String> warnings = warnings(prepared);
    warnings.forEach(warning -> lines.add(Answer.WARNING + warning));
    lines.add(
        done(prepared.outcome()) + " " + target.to() + "; see " + ContactSheet.FILE + " there");
    return new Answer(
        lines,
        new Facts(
            prepared.outcome() == Outcome.SAME ? "already-done" : "done",
            target.to(),
            classes,
            index.sizes(),
            counts,
            index.mean(),
            index.std(),
            index.digest(),
            trainSize,
            prepared.rejected(),
            prepared.leftOut().counts(),
            warnings));
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
              "%s images are not in the set; %s/%s lists them with the reasons",
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

  private static String ofClass(DataIndex index, String split) {
    IntSummaryStatistics counts =
        index.classCounts().getOrDefault(split, List.of()).stream()
            .mapToInt(Integer::intValue)
            .summaryStatistics();
    return counts.getMin() == counts.getMax()
        ? String.format(Locale.ROOT, ", %,d of each class", counts.getMin())
        : String.format(Locale.ROOT, ", %,d to %,d of a class", counts.getMin(), counts.getMax());
  }

  private static String names(List<String> classNames) {
    String names = String.join(", ", classNames.subList(0, Math.min(TOLD, classNames.size())));
    return classNames.size() > TOLD ? names + ", ..." : names;
  }

  private static String levels(List<Double> levels) {
    return levels.stream()
        .map(level -> String.format(Locale.ROOT, "%.3f", level))
        .collect(Collectors.joining(" "));
  }
}
