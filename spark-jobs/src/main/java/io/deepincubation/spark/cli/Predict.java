package io.deepincubation.spark.cli;

import com.google.gson.JsonObject;
import io.deepincubation.spark.IncubatedModel;
import io.deepincubation.spark.PredictJob;
import io.deepincubation.spark.PredictionColumns;
import io.deepincubation.spark.prepare.ImageFrames;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
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

  @Option(
      names = "--to",
      required = true,
      paramLabel = "URI",
      description = "The folder of the predictions.")
  private String to = "";

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

  @Option(names = "--keep-images", description = "Also writes columns of files and pixels.")
  private boolean keepImages;

  @Override
  Answer answer() {
    try (CliSession session = CliSession.start(new PlaceOptions(), output())) {
      PredictionColumns columns = PredictionColumns.prefixed(prefix);
      IncubatedModel loaded =
          IncubatedModel.load(session.spark(), model)
              .inputColumn(inputColumn)
              .outputColumns(columns)
              .topK(topK)
              .batchSize(batch);
      Dataset<Row> images =
          ImageFrames.open(session.spark(), session.storages(), source.from(), source.format());
      Dataset<Row> scored = loaded.transform(images);
      Dataset<Row> written = keepImages ? scored : scored.drop(pixelColumns(images));
      String request =
          PredictJob.request(loaded.digest(), source.from(), inputColumn, prefix, topK, keepImages);
      PredictJob.Outcome outcome =
          new PredictJob(session.spark(), session.storages().open(to))
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
    var json = new JsonObject();
    json.addProperty("status", outcome.alreadyDone() ? "already-done" : "done");
    json.addProperty("predictions", to);
    json.addProperty("model", digest);
    json.addProperty("rows", outcome.rows());
    json.addProperty("rejected", outcome.rejected());
    String counts =
        String.format(
            Locale.ROOT, "%,d rows, %,d without a prediction", outcome.rows(), outcome.rejected());
    if (outcome.alreadyDone()) {
      return new Answer(List.of("Already done: " + counts + " in " + to), json);
    }
    double rate = outcome.rows() / Math.max(1e-9, outcome.seconds());
    json.addProperty("seconds", outcome.seconds());
    json.addProperty("imagesPerSecond", rate);
    return new Answer(
        List.of(counts, String.format(Locale.ROOT, "%.1f images/s; see %s", rate, to)), json);
  }
}
