package io.deepincubation.spark.cli;

import io.deepincubation.core.recipe.Precision;
import io.deepincubation.core.text.Quantities;
import io.deepincubation.spark.predict.ImageColumn;
import io.deepincubation.spark.predict.ImageScoring;
import io.deepincubation.spark.predict.Inference;
import io.deepincubation.spark.predict.PredictJob;
import io.deepincubation.spark.predict.PredictionColumns;
import io.deepincubation.spark.prepare.Apart;
import io.deepincubation.spark.prepare.ImageFrames;
import io.deepincubation.spark.prepare.LeftOut;
import io.deepincubation.spark.prepare.SourceFailure;
import io.deepincubation.spark.prepare.SourceFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "predict",
    description = "Classifies images, and writes the predictions as Parquet.")
final class Predict extends Verb {

  @Option(
      names = "--model",
      required = true,
      paramLabel = "URI",
      description = "The folder final of a run, or an exported one.")
  private String model = "";

  @Mixin private final SourceOptions source = new SourceOptions();

  @Mixin private final TargetOptions target = new TargetOptions();

  @Option(
      names = {"--image-column", "--input-column"},
      paramLabel = "NAME",
      defaultValue = "",
      description =
          "Images, their files or their paths; default the first of image, content and path.")
  private String imageColumn = "";

  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      defaultValue = "",
      description =
          "Before the names of the new columns; default none, or predicted_ where a name is taken.")
  private String prefix = "";

  @Option(
      names = "--top-k",
      paramLabel = "N",
      defaultValue = "5",
      description = "Likeliest classes of each image; default ${DEFAULT-VALUE}.")
  private int topK = 5;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "64",
      description = "Images that are computed at once; default ${DEFAULT-VALUE}.")
  private int batch = 64;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      defaultValue = "fp32",
      description =
          "What products are computed in: fp32, bf16, or auto, which is bf16 where the device"
              + " multiplies it natively; default ${DEFAULT-VALUE}.")
  private Precision precision = Precision.FP32;

  @Option(names = "--keep-images", description = "Also writes the images themselves.")
  private boolean keepImages;

  /** The answer's JSON; what was done before has no speed. */
  private record Facts(
      String status,
      String predictions,
      String model,
      long rows,
      long rejected,
      Map<String, Long> leftOut,
      List<String> warnings,
      @Nullable Double seconds,
      @Nullable Double imagesPerSecond) {}

  @Override
  Answer answer() {
    try (CliSession session = CliSession.start(new PlaceOptions(), output())) {
      return SourceFailure.telling(
          "write predictions to " + target.to() + " for " + source.from(),
          source.from(),
          () -> answer(session));
    }
  }

  private Answer answer(CliSession session) {
    Apart.require(source.from(), target.to(), session.context().hadoopConfiguration());
    SourceFrame images = images(session);
    ImageScoring loaded = ImageScoring.open(session.spark(), model);
    PredictionColumns columns =
        prefix.isEmpty()
            ? PredictionColumns.freeIn(images.rows().schema(), topK, loaded.hasSeveralLabels())
            : new PredictionColumns(prefix, topK, loaded.hasSeveralLabels());
    var terms = new Inference.Terms(batch, precision);
    StructType schema = images.rows().schema();
    String column = ImageScoring.column(schema, imageColumn, "--image-column");
    Dataset<Row> scored = loaded.score(images.rows(), column, columns, terms);
    Dataset<Row> written = keepImages ? scored : ImageColumn.of(schema, column).droppedFrom(scored);
    String request =
        PredictJob.request(
            loaded.digest(),
            source.from(),
            imageColumn,
            prefix,
            topK,
            precision.name(),
            keepImages);
    PredictJob.Outcome outcome =
        new PredictJob(session.spark(), session.storages())
            .run(target.to(), written, columns.reason(), request);
    return answer(outcome, loaded.digest(), images.leftOut(), warnings(outcome, columns, images));
  }

  private SourceFrame images(CliSession session) {
    return keepImages
        ? ImageFrames.openWithContent(
            session.spark(), session.storages(), source.from(), source.format())
        : ImageFrames.open(session.spark(), session.storages(), source.from(), source.format());
  }

  private List<String> warnings(
      PredictJob.Outcome outcome, PredictionColumns columns, SourceFrame images) {
    var warnings = new ArrayList<String>();
    if (!prefix.equals(columns.prefix())) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "The images come with columns of predictions' names, so these are in %s, ...,"
                  + " %s; --prefix gives others",
              columns.prediction(),
              columns.reason()));
    }
    if (images.leftOut().count() > 0) {
      warnings.add(images.leftOut().toString());
    }
    if (outcome.rows() == 0) {
      warnings.add("There are no rows in " + source.from());
    }
    return warnings;
  }

  private Answer answer(
      PredictJob.Outcome outcome, String digest, LeftOut leftOut, List<String> warnings) {
    String counts =
        Quantities.count(outcome.rows())
            + " rows, "
            + Quantities.count(outcome.rejected())
            + " without a prediction";
    double rate = outcome.rows() / Math.max(1e-9, outcome.seconds());
    var lines = new ArrayList<String>();
    if (outcome.alreadyDone()) {
      lines.add("Already done: " + counts + " in " + target.to());
    } else {
      lines.add(counts);
      lines.add(String.format(Locale.ROOT, "%.1f images/s; see %s", rate, target.to()));
    }
    warnings.forEach(warning -> lines.add(Answer.WARNING + warning));
    return new Answer(
        lines,
        new Facts(
            outcome.alreadyDone() ? "already-done" : "done",
            target.to(),
            digest,
            outcome.rows(),
            outcome.rejected(),
            leftOut.counts(),
            warnings,
            outcome.alreadyDone() ? null : outcome.seconds(),
            outcome.alreadyDone() ? null : rate));
  }
}
