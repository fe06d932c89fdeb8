package io.deepincubation.spark.cli;

import io.deepincubation.core.advice.Budget;
import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.comparison.ComparisonPlan;
import io.deepincubation.core.comparison.Studies;
import io.deepincubation.core.comparison.Study;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.text.Quantities;
import io.deepincubation.spark.comparison.ComparisonReport;
import io.deepincubation.spark.comparison.SparkComparison;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "compare",
    description =
        "Trains several ways, at equal training cost and with several seeds, and says with"
            + " intervals which is better. What is done in --to is not repeated.")
final class Compare extends Verb {

  @Mixin private final RecipeOptions.Required recipe = new RecipeOptions.Required();

  @Mixin private final DataOptions data = new DataOptions();

  @Option(
      names = "--to",
      required = true,
      paramLabel = "URI",
      description = "The comparison's folder: trainings in cells/, comparison.json, .csv, .html.")
  private String to = "";

  @Option(
      names = "--methods",
      split = ",",
      paramLabel = "METHOD",
      completionCandidates = MethodOptions.Known.class,
      description = "Which of ${COMPLETION-CANDIDATES}, with commas between.")
  private List<String> methods = new ArrayList<>();

  @Option(
      names = "--study",
      paramLabel = "NAME|FILE",
      completionCandidates = StudyNames.class,
      description =
          "Instead of --methods: one of the paper's studies in small, ${COMPLETION-CANDIDATES}, or"
              + " a YAML file.")
  private @Nullable String study;

  @Option(
      names = "--vary",
      paramLabel = "KEY=V1,V2",
      description =
          "Train each with each of some values of a recipe's key; x0.5 is half the recipe's number,"
              + " *.epochs=x0.5,x1 scales all stages. Repeatable: all combinations.")
  private List<String> vary = new ArrayList<>();

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Trainings of each, from the recipe's seed on; default 3, or the study's.")
  private @Nullable Integer seeds;

  @Option(
      names = "--budget",
      paramLabel = "FLOP",
      description =
          "What each training may cost, such as 100TFLOP: the recipe's epochs are brought to it;"
              + " default what Deep Incubation costs by the recipe.")
  private @Nullable String budget;

  @Option(
      names = "--as-is",
      description = "Keep the recipe's epochs, whatever each training costs.")
  private boolean asIs;

  @Option(
      names = "--plan",
      description = "Say what would be trained, and what it costs; train nothing.")
  private boolean planOnly;

  /** Names for the help. */
  static final class StudyNames extends MethodOptions.Names {
    StudyNames() {
      super(Studies.names());
    }
  }

  /** The answer's JSON of a comparison. */
  private record Facts(
      String status,
      String folder,
      String page,
      ComparisonReport.Work work,
      Comparison comparison) {}

  /** The answer's JSON of a plan. */
  private record Plans(String status, List<Planned> trainings) {}

  /**
   * A row that would be trained.
   *
   * @param epochs of each stage
   */
  private record Planned(
      String label,
      String method,
      @Nullable Double budget,
      double computedFlops,
      double nominalFlops,
      int seeds,
      Map<String, Integer> epochs) {}

  @Override
  Answer answer() {
    Study asked = asked();
    Recipe resolved = recipe.recipe();
    try (CliSession session = CliSession.start(new PlaceOptions(), output())) {
      SparkComparison comparison = SparkComparison.on(session.spark()).progress(session.board());
      ComparisonPlan plan =
          comparison.plan(asked, resolved, data.data(), budget == null ? null : operations(budget));
      return planOnly ? planned(plan) : compared(comparison.run(plan, to));
    }
  }

  private static double operations(String budget) {
    return Budget.parse(budget)
        .flops(
            () -> {
              throw new UsageException(
                  "Cannot compare: expected --budget as operations such as 100TFLOP, got "
                      + budget);
            });
  }

  private Study asked() {
    if (methods.isEmpty() == (study == null)) {
      throw new UsageException(
          "Cannot compare: expected either --methods or --study, got "
              + (study == null ? "neither" : "both"));
    }
    Study named = study == null ? Study.of(methods) : Studies.named(study);
    Study counted = seeds == null ? named : named.seeds(seeds);
    Study varied = counted.varied(values());
    return asIs ? varied.budget(Study.Budget.AS_IS) : varied;
  }

  private Map<String, List<String>> values() {
    var values = new LinkedHashMap<String, List<String>>();
    for (String each : vary) {
      int sign = each.indexOf('=');
      if (sign < 1 || sign == each.length() - 1) {
        throw new UsageException(
            "Cannot vary " + each + ": expected KEY=V1,V2, such as model.depth=8,16,24");
      }
      values.put(each.substring(0, sign).strip(), split(each.substring(sign + 1)));
    }
    return values;
  }

  /** At commas, but for those within brackets. */
  private static List<String> split(String text) {
    return List.of(text.split("\\s*,\\s*(?![^\\[]*\\])", -1));
  }

  private static Answer planned(ComparisonPlan plan) {
    List<Planned> rows =
        plan.rows().stream().map(row -> planned(row, plan.study().seeds())).toList();
    var table = new ArrayList<List<String>>();
    table.add(List.of("training", "computed", "nominal", "off its budget", "seeds", "epochs"));
    for (Planned row : rows) {
      table.add(
          List.of(
              row.label(),
              Quantities.flops(row.computedFlops()),
              Quantities.flops(row.nominalFlops()),
              row.budget() == null
                  ? "-"
                  : Quantities.percent((row.computedFlops() - row.budget()) / row.budget()),
              Integer.toString(row.seeds()),
              row.epochs().toString()));
    }
    return new Answer(Results.textColumns(table), new Plans("planned", rows));
  }

  private static Planned planned(ComparisonPlan.Row row, int seeds) {
    ComparisonPlan.Cell cell = row.cells().get(0);
    var epochs = new LinkedHashMap<String, Integer>();
    cell.stages().stream()
        .filter(stage -> stage.trains())
        .forEach(stage -> epochs.put(stage.name(), stage.schedule().epochs()));
    return new Planned(
        row.label(),
        row.method().name(),
        row.budget(),
        cell.cost().computed(),
        cell.cost().nominal(),
        seeds,
        epochs);
  }

  private Answer compared(ComparisonReport report) {
    var lines = new ArrayList<>(new ComparisonTable(report.comparison()).lines());
    lines.add("");
    lines.addAll(work(report.work()));
    String page = to + "/" + SparkComparison.PAGE;
    lines.add("Page: " + page);
    return new Answer(
        lines,
        new Facts(
            report.failure() == null ? "done" : "failed",
            to,
            page,
            report.work(),
            report.comparison()),
        report.failure());
  }

  private static List<String> work(ComparisonReport.Work work) {
    var lines = new ArrayList<String>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%d trainings: %d trained now, %d done before, %d failed; %d stages trained, %d shared",
            work.trainings(),
            work.trained(),
            work.found(),
            work.failed(),
            work.stagesTrained(),
            work.stagesShared()));
    work.busy()
        .forEach(
            (executors, share) ->
                lines.add(
                    executors
                        + (executors == 1 ? " executor" : " executors")
                        + " trained for "
                        + Quantities.percent(share)
                        + " of the time"));
    return lines;
  }
}
