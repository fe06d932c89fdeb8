package io.deepincubation.spark.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.comparison.Comparison.Cell;
import io.deepincubation.core.comparison.ComparisonPlan;
import io.deepincubation.core.comparison.Study;
import io.deepincubation.core.comparison.Study.Budget;
import io.deepincubation.core.data.set.PreparedSetWriter;
import io.deepincubation.core.data.source.SyntheticShapes;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.storage.Json;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.training.TrainingDivergedException;
import io.deepincubation.spark.SparkDeepIncubation;
import io.deepincubation.spark.TinyRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class SparkComparisonTest {

  private static final Study METHODS =
      Study.of(List.of("e2e", "deep-incubation")).seeds(2).budget(Budget.AS_IS);

  @TempDir private static Path shared;

  @TempDir private Path folder;

  private static SparkSession spark;

  @BeforeAll
  static void start() {
    TinyRuns.draw(shared.resolve("data"));
    spark = TinyRuns.spark(shared.resolve("cache"), KryoSerializer.class.getName());
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private ComparisonReport compare(Study study) {
    SparkComparison comparison = SparkComparison.on(spark);
    ComparisonPlan plan = comparison.plan(study, TinyRuns.recipe(), data());
    return comparison.run(plan, folder.toUri().toString());
  }

  private static String data() {
    return shared.resolve("data").toUri().toString();
  }

  private Optional<StageResult> result(Cell cell, String stage) {
    return new RunFolder(new LocalStorage(folder.resolve(cell.folder()))).result(stage);
  }

  @Test
  void trainsEachMethodOnceASeedAndNothingTwice() throws IOException {
    ComparisonReport first = compare(METHODS);
    byte[] table = Files.readAllBytes(folder.resolve(Comparison.FILE));
    ComparisonReport again = compare(METHODS);

    assertThat(first.work().trained()).isEqualTo(4);
    assertThat(first.work().stagesTrained()).isEqualTo(2 * (1 + 5));
    assertThat(first.work().busy()).containsKey(1);
    assertThat(again.work().found()).isEqualTo(4);
    assertThat(again.work().trained()).isZero();
    assertThat(again.work().stagesTrained()).isZero();
    assertThat(again.comparison()).isEqualTo(first.comparison());
    assertThat(folder.resolve(Comparison.FILE)).hasBinaryContent(table);
    assertThat(Json.read(new LocalStorage(folder), Comparison.FILE, Comparison.class))
        .isEqualTo(first.comparison());
  }

  @Test
  void givesTheBitsOfARunOfItsOwn() {
    Cell cell = compare(METHODS.seeds(1)).comparison().rows().get(1).cells().get(0);

    StageResult alone =
        SparkDeepIncubation.on(spark)
            .recipe(TinyRuns.recipe())
            .trainingData(data())
            .runFolder(shared.resolve("alone").toUri().toString())
            .run()
            .model();

    assertThat(cell.isDone()).isTrue();
    assertThat(result(cell, "final").orElseThrow().sha256()).isEqualTo(alone.sha256());
    assertThat(cell.top1()).isEqualTo(alone.accuracy());
  }

  @Test
  void countsOperationsThatWerePlanned() {
    for (Comparison.Row row : compare(METHODS.seeds(1)).comparison().rows()) {
      Cell cell = row.cells().get(0);
      assertThat(cell.computedFlops()).isEqualTo(cell.plannedFlops());
      assertThat(cell.longestPath()).isPositive().isLessThanOrEqualTo(cell.seconds());
    }
  }

  @Test
  void trainsEqualStagesOnce() {
    Study tuned = METHODS.seeds(1).varied(Map.of("fine-tuning.epochs", List.of("1", "2")));

    ComparisonReport report = compare(tuned);

    // End-to-end training is the same for both; so are the meta model, modules and assembly.
    assertThat(report.work().trainings()).isEqualTo(3);
    assertThat(report.work().stagesTrained()).isEqualTo(1 + 5 + 1);
    assertThat(report.work().stagesShared()).isEqualTo(4);
    assertThat(report.comparison().axis()).isEqualTo("fine-tuning.epochs");
    assertThat(report.comparison().rows())
        .extracting(Comparison.Row::label)
        .containsExactly(
            "End-to-end, fine-tuning.epochs 1",
            "End-to-end, fine-tuning.epochs 2",
            "Deep Incubation, fine-tuning.epochs 1",
            "Deep Incubation, fine-tuning.epochs 2");
  }

  @Test
  void aTrainingThatFailsStopsNoOther() {
    Study rates =
        Study.of(List.of("e2e"))
            .seeds(1)
            .budget(Budget.AS_IS)
            .varied(Map.of("optimizer.rate", List.of("1e30", "0.03")));

    ComparisonReport report = compare(rates);

    assertThat(report.work().failed()).isEqualTo(1);
    assertThat(report.work().trained()).isEqualTo(1);
    assertThat(report.failure())
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("1 of 2 trainings failed")
        .hasMessageContaining("optimizer.rate 1e30, seed 7");
    assertThat(report.comparison().rows().get(0).top1()).isNull();
    assertThat(report.comparison().rows().get(0).cells().get(0).failure()).contains("diverged");
    assertThat(report.comparison().rows().get(1).top1()).isNotNull();
  }

  @Test
  void goesOnWithWhatIsMissing() throws IOException {
    ComparisonReport whole = compare(METHODS.seeds(1));
    Cell cell = whole.comparison().rows().get(1).cells().get(0);
    Files.delete(folder.resolve(cell.folder()).resolve("final/result.json"));

    ComparisonReport mended = compare(METHODS.seeds(1));

    assertThat(mended.work().found()).isEqualTo(1);
    assertThat(mended.work().stagesTrained()).isEqualTo(1);
    assertThat(mended.comparison().rows().get(1).top1())
        .isEqualTo(whole.comparison().rows().get(1).top1());
  }

  @Test
  void isATableForSpark() {
    List<Row> rows = compare(METHODS).rows().orderBy("method", "seed").collectAsList();

    assertThat(rows).hasSize(4);
    assertThat(rows).extracting(row -> row.<Long>getAs("seed")).containsExactly(7L, 8L, 7L, 8L);
    assertThat(rows.get(0).<Double>getAs("mean")).isBetween(0.0, 1.0);
    assertThat(rows.get(0).<String, Double>getJavaMap(rows.get(0).fieldIndex("measures")))
        .containsKey("log-loss");
    assertThat(folder.resolve("comparison.csv"))
        .content()
        .startsWith("\"label\",\"method\"")
        .contains("\"folder\",\"failure\",\"top5\",\"log-loss\"")
        .contains("\"Deep Incubation\",\"deep-incubation\"");
    assertThat(folder.resolve("comparison.html")).content().contains("Deep Incubation");
  }

  @Test
  void setsOfOtherTestImagesAreRefused() {
    Path others = shared.resolve("others");
    new PreparedSetWriter(new LocalStorage(others))
        .write(new SyntheticShapes(4, 16, 96, 48), 4, 96);
    Study sets =
        Study.of(List.of("e2e"))
            .budget(Budget.AS_IS)
            .varied(Map.of("data", List.of(others.toUri().toString())));

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> compare(sets))
        .withMessageContaining("expected the test images of");
  }
}
