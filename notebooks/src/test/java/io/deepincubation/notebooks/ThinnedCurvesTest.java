package io.deepincubation.notebooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Zeppelin shows the first 1,000 rows of a table. */
@Tag("interpreter")
class ThinnedCurvesTest {

  @ParameterizedTest
  @CsvSource({"100, 100", "400, 200"})
  void allStagesAreInTheChartOfALongRun(int linesOfAStage, int shown) {
    Note note = Note.named("cifar100.zpln");
    String query = note.paragraphs().get(note.place("Loss by step")).code();
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "1")
            .getOrCreate()) {
      spark
          .range(4L * linesOfAStage)
          .selectExpr("concat('modules/', id % 4) as stage", "id div 4 + 1 as step", "0.5D as loss")
          .createOrReplaceTempView("cifar_metrics");

      var rows = spark.sql(query).collectAsList();

      assertThat(rows).hasSizeLessThanOrEqualTo(1000);
      assertThat(
              rows.stream()
                  .collect(Collectors.groupingBy(row -> row.getString(1), Collectors.counting())))
          .containsOnly(
              entry("modules/0", (long) shown),
              entry("modules/1", (long) shown),
              entry("modules/2", (long) shown),
              entry("modules/3", (long) shown));
    }
  }
}
