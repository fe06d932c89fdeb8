package io.deepincubation.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.data.set.TextForm;
import io.deepincubation.core.data.text.Tokenizer;
import io.deepincubation.core.inference.Classifier;
import io.deepincubation.core.inference.ModelExport;
import io.deepincubation.core.inference.ModelFolder;
import io.deepincubation.core.method.EndToEnd;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.spark.prepare.Columns;
import io.deepincubation.spark.prepare.Labels;
import io.deepincubation.spark.prepare.Preparation;
import io.deepincubation.spark.prepare.PrepareJob;
import io.deepincubation.spark.prepare.Prepared;
import io.deepincubation.spark.prepare.Texts;
import io.deepincubation.spark.storage.HadoopStorageFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** From a table of texts to predictions. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TextsTest {

  private static final List<String> FILLERS = List.of("the", "a", "this", "film", "was", "it");
  private static final List<String> GOOD = List.of("good", "fine", "lovely");
  private static final List<String> BAD = List.of("bad", "poor", "dull");

  private static final StructType SCHEMA =
      new StructType().add("text", DataTypes.StringType).add("label", DataTypes.StringType);

  private static final Compute FP32 = new Compute(Device.cpu(), Arithmetic.FP32, /* threads= */ 1);

  private Path folder;
  private SparkSession spark;
  private Dataset<Row> table;
  private Prepared prepared;
  private SparkDeepIncubation incubation;

  @BeforeAll
  void train(@TempDir Path shared) {
    folder = shared;
    spark = TinyRuns.spark(folder.resolve("cache"), "org.apache.spark.serializer.KryoSerializer");
    table = spark.createDataFrame(rows(), SCHEMA);
    table.write().parquet(in("table"));
    prepared = job().run(request("data", 60, 12).maxRejected(0.1));
    incubation = on("run");
    incubation.run();
  }

  @AfterAll
  void stop() {
    spark.stop();
  }

  private String in(String name) {
    return folder.resolve(name).toString();
  }

  private PrepareJob job() {
    return new PrepareJob(
        spark, new HadoopStorageFactory(spark.sparkContext().hadoopConfiguration()));
  }

  private Preparation request(String to, int vocabulary, int length) {
    return Preparation.of(in("table"), in(to))
        .columns(new Columns("text", "label", "", Labels.AUTO))
        .texts(new Texts("", vocabulary, length))
        .testFraction(0.25);
  }

  private SparkDeepIncubation on(String run, String... overrides) {
    return SparkDeepIncubation.on(spark)
        .recipe(recipe(overrides))
        .trainingData(in("data"))
        .runFolder(in(run));
  }

  private static Recipe recipe(String... overrides) {
    var all =
        new ArrayList<>(
            List.of(
                "model.family=bert",
                "model.options.vocabulary=60",
                "model.options.length=12",
                "augmentation.crop-padding=0",
                "augmentation.flip=false",
                "augmentation.rand-augment=0",
                "augmentation.color-jitter=0",
                "augmentation.mixup=0",
                "augmentation.cutmix=0",
                "augmentation.random-erasing=0",
                "augmentation.repeats=1",
                "meta.epochs=6",
                "incubation.start=grown",
                "fine-tuning.epochs=2"));
    all.addAll(List.of(overrides));
    return RecipeYaml.override(TinyRuns.recipe(), all);
  }

  /** Texts with one word that tells their class, two without a text, and an empty one. */
  private static List<Row> rows() {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < 240; i++) {
      var random = RandomStream.of(3, i);
      var words = new ArrayList<String>();
      int count = 3 + (int) (random.nextDouble() * 6);
      for (int word = 0; word < count; word++) {
        words.add(FILLERS.get((int) (random.nextDouble() * FILLERS.size())));
      }
      boolean good = i % 2 == 0;
      List<String> telling = good ? GOOD : BAD;
      words.set(i % count, telling.get((int) (random.nextDouble() * telling.size())));
      rows.add(RowFactory.create(String.join(" ", words) + " " + i, good ? "good" : "bad"));
    }
    rows.add(RowFactory.create(null, "bad"));
    rows.add(RowFactory.create(" ", "good"));
    return rows;
  }

  private DataIndex index() {
    return prepared.index();
  }

  @Test
  void becomeTokensOfAVocabularyOfTheTrainingTexts() {
    TextForm form = Objects.requireNonNull(index().texts());
    assertThat(form.length()).isEqualTo(12);
    assertThat(form.vocabulary()).isEqualTo(60);
    assertThat(index().count("train") + index().count("test")).isEqualTo(240);
    assertThat(index().count("test")).isEqualTo(60);
    assertThat(prepared.rejected()).isEqualTo(2);
    String tokenizer = PreparedSet.open(new LocalStorage(folder.resolve("data"))).tokenizer();
    assertThat(tokenizer).contains("\"lovely\"", "\"dull\"");
    assertThat(Tokenizer.of(tokenizer, 12).tokens("A lovely film")).hasSize(4);
  }

  @Test
  void arePreparedTheSameByTheTokenizerThatWasMade() {
    var texts = new Texts(in("data") + "/" + Tokenizer.FILE, /* vocabulary= */ 1, 12);
    Prepared again = job().run(request("again", 60, 12).texts(texts).maxRejected(0.1));
    assertThat(again.index()).isEqualTo(index());
  }

  @Test
  void aTokenizerThatIsNoneIsRefused() {
    new LocalStorage(folder.resolve("wrong"))
        .write("tokenizer.json", stream -> stream.write("{}".getBytes(StandardCharsets.UTF_8)));
    assertThatThrownBy(
            () ->
                job()
                    .run(
                        request("unmade", 60, 12)
                            .texts(new Texts(in("wrong/tokenizer.json"), 1, 12))))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageStartingWith("Cannot read a tokenizer: expected a tokenizer.json");
  }

  @Test
  void theModelTellsTheClassesOfOtherTexts() {
    StageResult result = incubation.run().model();
    Evaluation evaluation = incubation.evaluate("final");
    assertThat(evaluation.accuracy()).isGreaterThan(0.9);
    assertThat(evaluation.metrics()).isEqualTo(result.metrics());
  }

  @Test
  void endToEndTrainingReadsThemToo() {
    StageResult result = on("end-to-end").method(new EndToEnd()).run().model();
    assertThat(result.images()).isEqualTo(176); // 11 whole batches of 16
  }

  @Test
  void columnsOfTextsAreScored() {
    IncubatedModel model = IncubatedModel.load(spark, in("run/final"));
    List<Row> scored =
        model.transform(table.withColumnRenamed("label", "truth")).orderBy("text").collectAsList();

    assertThat(scored).hasSize(242);
    assertThat(scored.get(0).<String>getAs("reason")).isEqualTo("expected a text, got none");
    long right =
        scored.stream()
            .filter(row -> row.getAs("truth").equals(row.getAs("predictedLabel")))
            .count();
    assertThat(right).isGreaterThan(216);
  }

  @Test
  void theModelIsExportedWithItsTokenizer() {
    ModelFolder model = ModelFolder.open(new LocalStorage(folder.resolve("run/final")));
    LocalStorage target = new LocalStorage(folder.resolve("exported"));
    new ModelExport(model).torchscript(target);
    new ModelExport(model).timm(target, 1 << 20);
    ModelFolder exported = ModelFolder.open(target);

    float[] values = exported.tokenizer().values("this film was lovely");
    assertThat(values).isEqualTo(model.tokenizer().values("this film was lovely"));
    try (var one = new Classifier(model, FP32);
        var other = new Classifier(exported, FP32)) {
      assertThat(other.probabilities(List.of(values)).get(0))
          .isEqualTo(one.probabilities(List.of(values)).get(0));
    }
    target.delete(Tokenizer.FILE);
    assertThat(exported.tokenizer().values("this film was lovely"))
        .as("of a file that is read once, not for each text")
        .isEqualTo(values);
    assertThatThrownBy(model::transform)
        .isInstanceOf(UnfitDataException.class)
        .hasMessageEndingWith("expected one that reads images, got one that reads texts");
  }

  @Test
  void theEstimatorTrainsOnThem() {
    new LocalStorage(folder)
        .write(
            "texts.yaml",
            stream -> stream.write(RecipeYaml.toYaml(recipe()).getBytes(StandardCharsets.UTF_8)));
    IncubatedModel model =
        new DeepIncubationClassifier()
            .setRecipe(in("texts.yaml"))
            .setMaxRejected(0.1)
            .setWorkFolder(in("work"))
            .fit(table);
    Row row = model.transform(table.filter("label = 'good'")).first();
    assertThat(row.<String>getAs("predictedLabel")).isEqualTo("good");
  }

  @Test
  void otherDataAndRecipesAreRefused() {
    assertThatThrownBy(() -> on("refused", "model.options.length=13").run())
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining(
            "the recipe expects texts of 13 tokens of a vocabulary up to 60, the data has 12 of"
                + " 60");
    assertThatThrownBy(
            () ->
                SparkDeepIncubation.on(spark)
                    .recipe(TinyRuns.recipe())
                    .trainingData(in("data"))
                    .runFolder(in("refused"))
                    .run())
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected a set of images, got one of texts");
    TinyRuns.draw(folder.resolve("images"));
    assertThatThrownBy(() -> on("refused").trainingData(in("images")).run())
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected a set of texts, got one of images");
    assertThatThrownBy(() -> recipe("augmentation.flip=true"))
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining(
            "augmentation.flip (--set): expected false for texts, which are not augmented, got"
                + " true");
    assertThat(folder.resolve("refused")).doesNotExist();
  }

  @Test
  void aTokenizerThatWasChangedIsRefused() {
    job().run(request("changed", 60, 12).maxRejected(0.1));
    new LocalStorage(folder.resolve("changed"))
        .write("tokenizer.json", stream -> stream.write("{}".getBytes(StandardCharsets.UTF_8)));
    assertThatThrownBy(() -> on("refused").trainingData(in("changed")).run())
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected tokenizer.json of SHA-256")
        .hasMessageContaining("got another; run `prepare` again");
    assertThat(folder.resolve("refused")).doesNotExist();
  }
}
