package io.deepincubation.spark.cli;

import io.deepincubation.core.inference.ModelTask;
import io.deepincubation.core.recipe.Precision;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.text.Quantities;
import io.deepincubation.spark.predict.ClassScorer;
import io.deepincubation.spark.predict.Inference;
import io.deepincubation.spark.predict.InputColumn;
import io.deepincubation.spark.predict.MaskForm;
import io.deepincubation.spark.predict.MaskScorer;
import io.deepincubation.spark.predict.ObjectRows;
import io.deepincubation.spark.predict.ObjectScorer;
import io.deepincubation.spark.predict.PredictJob;
import io.deepincubation.spark.predict.PredictionColumns;
import io.deepincubation.spark.predict.SceneColumns;
import io.deepincubation.spark.predict.Scorer;
import io.deepincubation.spark.predict.Scoring;
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
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "predict",
    description =
        "Classifies images, their pixels, or texts, or finds objects on images, and writes the"
            + " predictions as Parquet.")
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
      names = {"--image-column", "--text-column", "--input-column"},
      paramLabel = "NAME",
      defaultValue = "",
      description =
          "Images, their files or their paths, by default the first of image, content and path; or"
              + " texts, by default text.")
  private String inputColumn = "";

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
      description = "Likeliest classes of each image; default 5.")
  private @Nullable Integer topK;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Images that are computed at once; default 64, of dense tasks 1 always.")
  private @Nullable Integer batch;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      defaultValue = "fp32",
      description =
          "What products are computed in: fp32, bf16, or auto, which is bf16 where the device"
              + " multiplies it natively; default ${DEFAULT-VALUE}.")
  private Precision precision = Precision.FP32;

  @Option(
      names = "--mask-form",
      paramLabel = "FORM",
      description =
          "How the classes of pixels are written: png, a grey picture of the classes' numbers, or"
              + " rle, COCO's run lengths of each class; default png.")
  private @Nullable MaskForm maskForm;

  @Option(
      names = "--multi-scale",
      description =
          "Tells the classes of pixels by twelve looks at each image: six sizes, each mirrored,"
              + " too.")
  private boolean multiScale;

  @Option(names = "--keep-images", description = "Also writes the images themselves.")
  private boolean keepImages;

  private static final int TOP_K = 5;
  private static final int BATCH = 64;

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
    Scoring loaded = Scoring.open(session.spark(), model);
    StructType schema = images.rows().schema();
    requireFit(loaded.task());
    Scorer scorer = scorer(loaded, schema);
    var terms = new Inference.Terms(batch == null ? BATCH : batch, precision);
    boolean texts = loaded.readsTexts();
    var input =
        InputColumn.of(
            schema, InputColumn.name(schema, texts, inputColumn, "--input-column"), texts);
    Dataset<Row> scored = loaded.score(images.rows(), input, scorer, terms);
    Dataset<Row> written = keepImages ? scored : input.droppedFrom(scored);
    PredictJob.Outcome outcome =
        new PredictJob(session.spark(), session.storages())
            .run(target.to(), written, scorer.columns().reason(), request(loaded));
    return answer(outcome, loaded.digest(), images.leftOut(), warnings(outcome, scorer, images));
  }

  /** What a model can be asked for. */
  private void requireFit(ModelTask task) {
    boolean dense = task != ModelTask.CLASSIFICATION;
    requireNone("--top-k", topK != null && dense, task);
    requireNone("--batch", batch != null && dense, task);
    requireNone("--mask-form", maskForm != null && task != ModelTask.SEGMENTATION, task);
    requireNone("--multi-scale", multiScale && task != ModelTask.SEGMENTATION, task);
  }

  private void requireNone(String option, boolean given, ModelTask task) {
    if (given) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot predict with %s: expected a model that takes it, got %s, one of %s; leave it"
                  + " out",
              option,
              model,
              task.word()));
    }
  }

  private Scorer scorer(Scoring loaded, StructType schema) {
    return switch (loaded.task()) {
      case CLASSIFICATION -> new ClassScorer(classColumns(loaded, schema));
      case SEGMENTATION ->
          new MaskScorer(
              SceneColumns.freeIn(schema, prefix, SceneColumns.MASK, maskForm().type()),
              maskForm(),
              multiScale);
      case DETECTION ->
          new ObjectScorer(
              SceneColumns.freeIn(schema, prefix, SceneColumns.OBJECTS, ObjectRows.TYPE));
    };
  }

  private MaskForm maskForm() {
    return maskForm == null ? MaskForm.PNG : maskForm;
  }

  private PredictionColumns classColumns(Scoring loaded, StructType schema) {
    int told = topK == null ? TOP_K : topK;
    return prefix.isEmpty()
        ? PredictionColumns.freeIn(schema, told, loaded.hasSeveralLabels())
        : new PredictionColumns(prefix, told, loaded.hasSeveralLabels());
  }

  private static List<String> names(Scorer scorer) {
    return scorer.columns().fields().stream().map(StructField::name).toList();
  }

  /** All that decides what is written; in the words of earlier versions of classification. */
  private String request(Scoring loaded) {
    List<Object> facts =
        new ArrayList<>(List.of(loaded.digest(), source.from(), inputColumn, prefix));
    facts.add(topK == null ? TOP_K : topK);
    facts.add(precision.name());
    facts.add(keepImages);
    if (loaded.task() != ModelTask.CLASSIFICATION) {
      facts.add(maskForm());
      facts.add(multiScale);
    }
    return PredictJob.request(facts.toArray());
  }

  private SourceFrame images(CliSession session) {
    return keepImages
        ? ImageFrames.openWithContent(
            session.spark(), session.storages(), source.from(), source.format())
        : ImageFrames.open(session.spark(), session.storages(), source.from(), source.format());
  }

  private List<String> warnings(PredictJob.Outcome outcome, Scorer scorer, SourceFrame images) {
    var warnings = new ArrayList<String>();
    List<String> names = names(scorer);
    if (prefix.isEmpty() && names.get(0).startsWith(PredictionColumns.WHERE_TAKEN)) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "The images come with columns of predictions' names, so these are in %s, ...,"
                  + " %s; --prefix gives others",
              names.get(0),
              scorer.columns().reason()));
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
