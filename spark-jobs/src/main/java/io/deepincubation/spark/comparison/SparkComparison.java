package io.deepincubation.spark.comparison;

import io.deepincubation.core.comparison.CellOutcome;
import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.comparison.ComparisonPlan;
import io.deepincubation.core.comparison.ComparisonTally;
import io.deepincubation.core.comparison.SetFacts;
import io.deepincubation.core.comparison.Study;
import io.deepincubation.core.comparison.Study.Budget;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.run.LeaseTerms;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunLease;
import io.deepincubation.spark.RunReport;
import io.deepincubation.spark.cluster.SparkSettings;
import io.deepincubation.spark.progress.ProgressBoard;
import io.deepincubation.spark.stages.PreparedData;
import io.deepincubation.spark.storage.HadoopStorageFactory;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Compares ways to train on Spark, at equal training cost and with several seeds.
 *
 * <pre>{@code
 * SparkComparison comparison = SparkComparison.on(spark);
 * ComparisonPlan plan =
 *     comparison.plan(
 *         Studies.named("tab-2"), Recipes.named("cifar100-small"), "s3a://lake/cifar100");
 * ComparisonReport report = comparison.run(plan, "s3a://runs/compared");
 * Dataset<Row> rows = report.rows();
 * }</pre>
 *
 * <p>What is committed in the folder is not repeated, so a comparison that was stopped goes on, and
 * one with more seeds or rows trains only those.
 */
public final class SparkComparison {

  /** The page in a comparison's folder. */
  public static final String PAGE = "comparison.html";

  private final JavaSparkContext spark;
  private final StorageFactory storages;
  private final ProgressBoard board;

  private SparkComparison(JavaSparkContext spark, ProgressBoard board) {
    this.spark = spark;
    this.board = board;
    storages = new HadoopStorageFactory(spark.hadoopConfiguration());
  }

  /** Compares on this Spark. */
  public static SparkComparison on(SparkSession spark) {
    return new SparkComparison(
        JavaSparkContext.fromSparkContext(spark.sparkContext()), new ProgressBoard());
  }

  /** With progress shown on this board. */
  public SparkComparison progress(ProgressBoard shown) {
    return new SparkComparison(spark, shown);
  }

  /**
   * Plans a study; trains nothing.
   *
   * @param study what is compared
   * @param recipe at which
   * @param dataUri the prepared set
   */
  public ComparisonPlan plan(Study study, Recipe recipe, String dataUri) {
    return plan(study, recipe, dataUri, null);
  }

  /**
   * Plans a study at another budget than the recipe's; trains nothing.
   *
   * @param study what is compared
   * @param recipe the proportions of its stages' epochs
   * @param dataUri the prepared set
   * @param budget computed operations of Deep Incubation; null for the recipe as it is
   */
  public ComparisonPlan plan(Study study, Recipe recipe, String dataUri, @Nullable Double budget) {
    return new ComparisonPlan(
        study, recipe, facts(dataUri, recipe), other -> facts(other, recipe), budget);
  }

  private SetFacts facts(String uri, Recipe recipe) {
    PreparedData images = PreparedData.open(storages.open(uri), recipe);
    images.requireOneClassEach();
    return images.facts();
  }

  /**
   * Trains what is not committed, and sums up. A training that fails stops no other.
   *
   * @param plan what is compared
   * @param uri the comparison's folder
   */
  public ComparisonReport run(ComparisonPlan plan, String uri) {
    var files = new ComparisonFiles(storages.open(uri));
    var run = new ComparisonRun(spark, storages, plan, uri, board, files::write);
    LeaseTerms terms = SparkSettings.of(spark.getConf()).lease();
    try (var lease = new RunLease(storages.open(uri), terms, run::cancel)) {
      lease.acquire();
      ComparisonReport report = run.run(lease::requireNotLost);
      files.write(report.comparison());
      return report;
    }
  }

  /**
   * Compares methods that one run folder has, by its one seed and as they are.
   *
   * @param methods their names, all of them trained
   * @param runUri the folder
   */
  public Comparison ofRun(List<String> methods, String runUri) {
    var run = new RunFolder(storages.open(runUri));
    RunReport report = new RunReport(run);
    Study study = Study.of(methods).seeds(1).budget(Budget.AS_IS);
    ComparisonPlan plan = plan(study, report.recipe(), report.dataUri());
    List<List<CellOutcome>> outcomes =
        plan.rows().stream()
            .map(row -> List.of(CellOutcome.of("", run, row.cells().get(0).stages(), null)))
            .toList();
    int[] labels =
        PreparedData.open(storages.open(report.dataUri()), report.recipe())
            .testLabels(SparkSettings.of(spark.getConf()).cache());
    return ComparisonTally.of(plan, outcomes, labels, Map.of());
  }
}
