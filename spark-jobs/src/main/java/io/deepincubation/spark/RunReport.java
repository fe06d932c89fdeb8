package io.deepincubation.spark;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.method.Method;
import io.deepincubation.core.method.Methods;
import io.deepincubation.core.method.Stage;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunRecord;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.run.TaskAttempt;
import io.deepincubation.spark.report.HtmlReport;
import io.deepincubation.spark.report.MethodStages;
import io.deepincubation.spark.report.ReportFacts;
import io.deepincubation.spark.report.RunFigures;
import io.deepincubation.spark.storage.HadoopStorageFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** What a run folder holds, and its HTML report. */
@Evolving
public final class RunReport {

  private static final String FILE = "report.html";

  private final RunFolder folder;
  private final RunRecord record;
  private final Recipe recipe;

  /**
   * Reads the record of the run in a folder of any Hadoop file system.
   *
   * @param spark its configuration says how file systems are reached
   * @param uri the run's folder
   * @throws UsageException if no run has begun in the folder
   */
  public static RunReport of(SparkSession spark, String uri) {
    var storages = new HadoopStorageFactory(spark.sparkContext().hadoopConfiguration());
    return new RunReport(new RunFolder(storages.open(uri)));
  }

  /**
   * Reads a run's record.
   *
   * @throws UsageException if no run has begun in the folder
   */
  public RunReport(RunFolder folder) {
    this.folder = folder;
    record =
        folder
            .runRecord()
            .orElseThrow(
                () ->
                    new UsageException(
                        "Cannot read the run "
                            + folder.uri()
                            + ": expected a run's folder, got one without run.json"));
    recipe = RecipeYaml.ofTree(record.recipe(), folder.uri() + "/run.json");
  }

  /** The prepared set that the run trains on. */
  public String dataUri() {
    return record.dataUri();
  }

  /** The run's recipe. */
  public Recipe recipe() {
    return recipe;
  }

  /** The committed stages in the order of the methods, then those of methods that are not known. */
  public List<StageResult> results() {
    return Stream.concat(
            Methods.stages(recipe).stream().map(Stage::name),
            folder.taskAttempts().stream().map(TaskAttempt::stage))
        .distinct()
        .map(folder::result)
        .flatMap(Optional::stream)
        .toList();
  }

  /**
   * Writes the report into the run folder.
   *
   * @return its URI
   */
  public String write() {
    byte[] bytes = html().getBytes(StandardCharsets.UTF_8);
    folder.storage().write(FILE, stream -> stream.write(bytes));
    return folder.uri() + "/" + FILE;
  }

  /** The report's text. */
  String html() {
    List<StageResult> results = results();
    var html = new StringBuilder();
    HtmlReport.write(facts(results), results, folder.taskAttempts(), metrics(results), html);
    return html.toString();
  }

  /** The report's figures one by one, of what is committed now. */
  public RunFigures figures() {
    List<StageResult> results = results();
    return new RunFigures(results, folder.taskAttempts(), metrics(results));
  }

  private Map<String, List<MetricsLine>> metrics(List<StageResult> results) {
    var metrics = new LinkedHashMap<String, List<MetricsLine>>();
    results.forEach(result -> metrics.put(result.stage(), folder.metrics(result.stage())));
    return metrics;
  }

  private ReportFacts facts(List<StageResult> results) {
    var environment = new TreeMap<String, String>();
    environment.put("Training data", record.dataUri());
    environment.put("Run folder", folder.uri());
    environment.put(
        "Begun", Instant.parse(record.createdAt()).truncatedTo(ChronoUnit.SECONDS).toString());
    record.threads().forEach((place, n) -> environment.put("Threads of a " + place, "" + n));
    return ReportFacts.of(
            record.recipeName(),
            recipe.division().modules(),
            Methods.of(recipe).stream().map(this::stages).toList(),
            RecipeYaml.toYaml(recipe),
            record.versions(),
            environment)
        .classNames(classNames(results))
        .scenes(scenes(results));
  }

  private Map<String, byte[]> scenes(List<StageResult> results) {
    var scenes = new LinkedHashMap<String, byte[]>();
    for (StageResult result : results) {
      folder.scenes(result.stage()).ifPresent(picture -> scenes.put(result.stage(), picture));
    }
    return scenes;
  }

  private List<String> classNames(List<StageResult> results) {
    return results.stream()
        .map(result -> folder.classNames(result.stage()))
        .findFirst()
        .orElse(List.of());
  }

  private MethodStages stages(Method method) {
    return new MethodStages(
        method.title(), method.stages(recipe).stream().map(Stage::name).toList());
  }
}
