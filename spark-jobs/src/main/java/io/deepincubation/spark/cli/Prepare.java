package io.deepincubation.spark.cli;

import io.deepincubation.core.data.pixels.ContactSheet;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.ImageFitting;
import io.deepincubation.core.data.set.ImageFitting.Encoding;
import io.deepincubation.core.data.set.ImageSizes;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.spark.prepare.Columns;
import io.deepincubation.spark.prepare.Preparation;
import io.deepincubation.spark.prepare.PrepareJob;
import io.deepincubation.spark.prepare.Subset;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
      description = "A table's column of JPEG or PNG files; default ${DEFAULT-VALUE}.")
  private String imageColumn = "image";

  @Option(
      names = "--label-column",
      paramLabel = "NAME",
      defaultValue = "label",
      description = "A table's column of class numbers or names; default ${DEFAULT-VALUE}.")
  private String labelColumn = "label";

  @Option(
      names = "--split-column",
      paramLabel = "NAME",
      defaultValue = "",
      description = "A table's column of train, test or val; default all rows are for training.")
  private String splitColumn = "";

  @Option(
      names = "--test-fraction",
      paramLabel = "F",
      defaultValue = "0",
      description = "Part of the training images that becomes the test split; default none.")
  private double testFraction;

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

  /** The answer's JSON. */
  private record Facts(
      String status,
      String data,
      int classes,
      ImageSizes sizes,
      Map<String, Long> images,
      List<Double> mean,
      List<Double> std,
      String digest) {}

  @Override
  Answer answer() {
    Preparation preparation = preparation();
    try (CliSession session = CliSession.start(new PlaceOptions(), output())) {
      Optional<String> before = digest(session.storages().open(target.to()));
      DataIndex index = new PrepareJob(session.spark(), session.storages()).run(preparation);
      return answer(index, before.equals(Optional.of(index.digest())));
    }
  }

  /** The digest of a set that is there already; none where it cannot be read and is made anew. */
  private static Optional<String> digest(Storage storage) {
    try {
      return storage.exists(DataIndex.FILE)
          ? Optional.of(PreparedSet.open(storage).index().digest())
          : Optional.empty();
    } catch (UnfitDataException e) {
      return Optional.empty();
    }
  }

  private Preparation preparation() {
    if (imageSize > 0 && shorterSide > 0) {
      throw new UsageException(
          "Cannot prepare a training set: expected --image-size or --shorter-side, got both");
    }
    Preparation preparation =
        Preparation.of(source.from(), target.to())
            .format(source.format())
            .columns(new Columns(imageColumn, labelColumn, splitColumn))
            .fitting(new ImageFitting(imageSize, shorterSide, encoding))
            .testFraction(testFraction)
            .subset(new Subset(fraction, balanced, imagesPerClass))
            .maxRejected(maxRejected);
    if (shardSize != null) {
      preparation = preparation.shardSize(shardSize);
    }
    return seed == null ? preparation : preparation.seed(seed);
  }

  private Answer answer(DataIndex index, boolean alreadyDone) {
    var lines = new ArrayList<String>();
    var counts = new LinkedHashMap<String, Long>();
    for (String split : index.splits().keySet()) {
      lines.add(
          String.format(
              Locale.ROOT, "%s: %,d images%s", split, index.count(split), ofClass(index, split)));
      counts.put(split, index.count(split));
    }
    int classes = index.classNames().size();
    lines.add(String.format("%d classes: %s", classes, names(index.classNames())));
    lines.add("Size: " + index.sizes() + " pixels");
    lines.add("Mean: " + levels(index.mean()) + ", standard deviation: " + levels(index.std()));
    lines.add(
        (alreadyDone ? "Already done in " : "Prepared in ")
            + target.to()
            + "; see "
            + ContactSheet.FILE
            + " there");
    return new Answer(
        lines,
        new Facts(
            alreadyDone ? "already-done" : "done",
            target.to(),
            classes,
            index.sizes(),
            counts,
            index.mean(),
            index.std(),
            index.digest()));
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
