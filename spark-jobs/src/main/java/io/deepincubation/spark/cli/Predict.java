package io.deepincubation.spark.cli;

import io.deepincubation.core.recipe.Precision;
import io.deepincubation.core.text.Quantities;
import io.deepincubation.spark.IncubatedModel;
import io.deepincubation.spark.predict.PredictJob;
import io.deepincubation.spark.predict.PredictionColumns;
import io.deepincubation.spark.prepare.ImageFrames;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
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
      names = "--input-column",
      paramLabel = "NAME",
      defaultValue = "",
      description =
          "Images, their files or their paths; default the first of image, content and path.")
  private String inputColumn = "";

  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Before the names of the new columns; default none.")
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

  @Option(names = "--keep-images", description = "Also writes columns of files and pixels.")
  private boolean keepImages;

  /** The answer's JSON; what was done before has no speed. */
  private record Facts(
      String status,
      String predictions,
      String model,
      long rows,
      long rejected,
      @Nullable Double seconds,
      @Nullable Double imagesPerSecond) {}

  @Override
  Answer answer() {
    try (CliSession session = CliSession.start(new PlaceOptions(), output())) {
      PredictionColumns columns = PredictionColumns.prefixed(prefix);
      IncubatedModel loaded =
          IncubatedModel.load(session.spark(), model)
              .inputColumn(inputColumn)
              .outputColumns(columns)
              .topK(topK)
              .batchSize(batch)
              .precision(precision);
      Dataset<Row> images =
          ImageFrames.open(session.spark(), session.storages(), source.from(), source.format());
      Dataset<Row> scored = loaded.transform(images);
      Dataset<Row> written = keepImages ? scored : scored.drop(pixelColumns(images));
      String request =
          PredictJob.request(
              loaded.digest(),
              source.from(),
              inputColumn,
              prefix,
              topK,
              precision.name(),
              keepImages);
      PredictJob.Outcome outcome =
          new PredictJob(session.spark(), session.storages().open(target.to()))
              .run(written, columns.reason(), request);
      return answer(outcome, loaded.digest());
    }
  }

  private static String[] pixelColumns(Dataset<Row> images) {
    return List.of(images.schema().fields()).stream()
        .filter(field -> List.of("binary", "struct").contains(field.dataType().typeName()))
        .map(StructField::name)
        .toArray(String[]::new);
  }

  private Answer answer(PredictJob.Outcome outcome, String digest) {
    String counts =
        Quantities.count(outcome.rows())
            + " rows, "
            + Quantities.count(outcome.rejected())
            + " without a prediction";
    if (outcome.alreadyDone()) {
      return new Answer(
          List.of("Already done: " + counts + " in " + target.to()),
          new Facts(
              "already-done", target.to(), digest, outcome.rows(), outcome.rejected(), null, null));
    }
    double rate = outcome.rows() / Math.max(1e-9, outcome.seconds());
    return new Answer(
        List.of(counts, String.format(Locale.ROOT, "%.1f images/s; see %s", rate, target.to())),
        new Facts(
            "done",
            target.to(),
            digest,
            outcome.rows(),
            outcome.rejected(),
            outcome.seconds(),
            rate));
  }
}
