package io.deepincubation.core.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.comparison.Comparison.Cell;
import io.deepincubation.core.comparison.Comparison.CellStage;
import io.deepincubation.core.comparison.Comparison.CostRatio;
import io.deepincubation.core.comparison.Comparison.CurvePoint;
import io.deepincubation.core.comparison.Comparison.Pair;
import io.deepincubation.core.comparison.Comparison.Row;
import io.deepincubation.core.comparison.Comparison.Verdict;
import io.deepincubation.core.comparison.Study.Budget;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.statistics.Estimate;
import io.deepincubation.core.testing.TinyRuns;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ComparisonTallyTest {

  private static final Recipe RECIPE = TinyRuns.recipe(2);
  private static final int IMAGES = 8;
  private static final Offset<Double> ROUNDING = within(1e-12);

  @Test
  void tellsEachRowsAccuracyFromItsSeeds() {
    ComparisonPlan plan = plan(2, "e2e");

    Row row = tally(plan, List.of("11110000", "11111100")).rows().get(0);

    assertThat(row.top1()).isEqualTo(estimate("11110000", "11111100"));
    assertThat(row.cells().stream().map(Cell::top1)).containsExactly(0.5, 0.75);
    assertThat(row.done()).hasSize(2);
    assertThat(row.methodTitle()).isEqualTo("End-to-end");
    assertThat(row.gains()).isEmpty();
  }

  @Test
  void pairsBySeedAndImage() {
    ComparisonPlan plan = plan(2, "e2e", "deep-incubation");

    Comparison comparison =
        tally(plan, List.of("11110000", "11001100"), List.of("11111000", "11001111"));

    assertThat(comparison.pairs()).hasSize(1);
    Pair pair = comparison.pairs().get(0);
    assertThat(pair.row()).isEqualTo(0);
    assertThat(pair.other()).isEqualTo(1);
    assertThat(pair.difference())
        .isEqualTo(
            Estimate.of(
                List.of(
                    new double[] {0, 0, 0, 0, -1, 0, 0, 0},
                    new double[] {0, 0, 0, 0, 0, 0, -1, -1})));
    assertThat(pair.difference().mean()).isCloseTo(-1.5 / 8, ROUNDING);
    assertThat(pair.verdict()).isEqualTo(Verdict.UNCLEAR);
  }

  @Test
  void saysWhichOfTwoIsBetter() {
    String none = "0".repeat(40);
    String four = "1".repeat(4) + "0".repeat(36);
    ComparisonPlan plan = plan(1, "e2e", "dgl");

    Pair worse = tally(plan, List.of(none), List.of(four)).pairs().get(0);
    Pair better = tally(plan, List.of(four), List.of(none)).pairs().get(0);

    assertThat(worse.difference().p()).isBetween(0.03, 0.04);
    assertThat(worse.adjusted()).isEqualTo(worse.difference().p());
    assertThat(worse.verdict()).isEqualTo(Verdict.WORSE);
    assertThat(better.verdict()).isEqualTo(Verdict.BETTER);
  }

  @Test
  void aClaimAmongOthersIsCorrectedForThem() {
    String none = "0".repeat(40);
    String four = "1".repeat(4) + "0".repeat(36);
    ComparisonPlan plan = plan(1, "e2e", "dgl", "infopro");

    List<Pair> pairs = tally(plan, List.of(none), List.of(four), List.of(four)).pairs();

    assertThat(pairs.stream().map(pair -> pair.row() + "-" + pair.other()))
        .containsExactly("0-1", "0-2", "1-2");
    double p = pairs.get(0).difference().p();
    assertThat(pairs.get(0).adjusted()).isCloseTo(3 * p, ROUNDING);
    assertThat(pairs.get(1).adjusted()).isCloseTo(3 * p, ROUNDING);
    assertThat(pairs.get(2).adjusted()).isEqualTo(1);
    assertThat(pairs).allSatisfy(pair -> assertThat(pair.verdict()).isEqualTo(Verdict.UNCLEAR));
  }

  @Test
  void methodsAreClaimsAtEqualValues() {
    ComparisonPlan plan = plan(depths("e2e", "dgl"), 1);

    assertThat(pairs(plan)).containsExactly("0-2", "1-3");
  }

  @Test
  void allPairsAreClaimsWhereTheStudySaysSoOrHasOneMethod() {
    Study all =
        StudyYaml.parse(
            "{methods: [e2e, dgl], vary: {model.depth: [4, 8]}, pairs: all, budget: as-is}", "all");

    assertThat(pairs(plan(all, 1))).containsExactly("0-1", "0-2", "0-3", "1-2", "1-3", "2-3");
    assertThat(pairs(plan(depths("e2e"), 1))).containsExactly("0-1");
  }

  @Test
  void theFirstVariantIsAControlWhereTheStudySaysSo() {
    Study control =
        StudyYaml.parse(
            "{methods: [e2e, dgl], vary: {model.depth: [4, 8]}, pairs: first, budget: as-is}",
            "control");

    assertThat(pairs(plan(control, 1))).containsExactly("0-1", "0-2", "0-3");
  }

  @Test
  void comparesTheSeedsThatBothHaveDone() {
    ComparisonPlan plan = plan(2, "e2e", "dgl");
    List<CellOutcome> first =
        List.of(
            outcome(plan, 0, 0, "11111111").failed("lost"), outcome(plan, 0, 1, "11110000").done());
    List<CellOutcome> second =
        List.of(outcome(plan, 1, 0, "00000000").done(), outcome(plan, 1, 1, "11111000").done());

    Comparison comparison = tally(plan, List.of(first, second), IMAGES);

    assertThat(comparison.pairs().get(0).difference())
        .isEqualTo(Estimate.of(List.of(new double[] {0, 0, 0, 0, -1, 0, 0, 0})));
    assertThat(comparison.rows().get(0).top1()).isEqualTo(estimate("11110000"));
    assertThat(comparison.rows().get(1).top1()).isEqualTo(estimate("00000000", "11111000"));
  }

  @Test
  void aFailedTrainingTellsWhyAndWhatItDid() {
    ComparisonPlan plan = plan(1, "deep-incubation", "e2e");
    CellOutcome failed = outcome(plan, 0, 0, "11110000").only("meta").failed("out of memory");

    Comparison comparison =
        tally(
            plan, List.of(List.of(failed), List.of(outcome(plan, 1, 0, "1".repeat(8)).done())), 8);

    Cell cell = comparison.rows().get(0).cells().get(0);
    assertThat(cell.failure()).isEqualTo("out of memory");
    assertThat(cell.isDone()).isFalse();
    assertThat(cell.top1()).isNull();
    assertThat(cell.right()).isEmpty();
    assertThat(cell.curve()).isEmpty();
    assertThat(cell.computedFlops()).isEqualTo(MadeUpOutcome.FLOPS);
    assertThat(cell.stages().stream().map(CellStage::name)).containsExactly("meta");
    assertThat(comparison.rows().get(0).top1()).isNull();
    assertThat(comparison.rows().get(0).done()).isEmpty();
    assertThat(comparison.pairs()).isEmpty();
  }

  @Test
  void aTrainingThatKeptNoClassesIsNotDone() {
    ComparisonPlan plan = plan(1, "e2e");
    CellOutcome kept = outcome(plan, 0, 0, "11110000").done();
    var old =
        new CellOutcome(kept.folder(), null, kept.results(), kept.metrics(), Map.of(), Map.of());

    Row row = tally(plan, List.of(List.of(old)), IMAGES).rows().get(0);

    assertThat(row.cells().get(0).failure())
        .isEqualTo("the classes of its test images were not kept; delete runs/1 to train it");
    assertThat(row.cells().get(0).isDone()).isFalse();
    assertThat(row.top1()).isNull();
  }

  @Test
  void tellsWhatEachHybridGainsOverItsMetaModel() {
    ComparisonPlan plan = plan(2, "deep-incubation", "imitation");
    List<CellOutcome> incubated =
        IntStream.range(0, 2)
            .mapToObj(
                seed ->
                    outcome(plan, 0, seed, "11111111")
                        .right("meta", "11110000")
                        .right("modules/0", "11111000")
                        .right("modules/1", seed == 0 ? "11110011" : "11110000"))
            .map(MadeUpOutcome::done)
            .toList();
    List<CellOutcome> imitated =
        List.of(
            outcome(plan, 1, 0, "00000000").right("meta", "11110000").failed("stopped"),
            outcome(plan, 1, 1, "00000000").only("meta").failed("stopped"));

    List<Row> rows = tally(plan, List.of(incubated, imitated), IMAGES).rows();

    double[] one = {0, 0, 0, 0, 1, 0, 0, 0};
    assertThat(rows.get(0).gains())
        .containsExactly(
            Estimate.of(List.of(one, one)),
            Estimate.of(List.of(new double[] {0, 0, 0, 0, 0, 0, 1, 1}, new double[IMAGES])));
    assertThat(rows.get(1).gains().stream().map(Estimate::mean)).containsExactly(-0.5, -0.5);
    assertThat(rows.get(1).gains().get(0).seeds()).isEqualTo(1);
  }

  @Test
  void theCurveBeginsAtTheAssembledModelAtTheCostSoFar() {
    ComparisonPlan plan = plan(1, "deep-incubation");
    CellOutcome outcome =
        outcome(plan, 0, 0, "11110000")
            .right("assembled", "10000000")
            .line("meta", 6, 6, 0.9)
            .line("modules/0", 6, 6, 0.8)
            .line("final", 1, 6, null)
            .line("final", 3, 6, 0.25)
            .line("final", 6, 6, 0.5)
            .done();

    // The meta model and two modules before it, 10 operations each.
    assertThat(cell(plan, outcome).curve())
        .containsExactly(
            new CurvePoint(30, 0.125), new CurvePoint(35, 0.25), new CurvePoint(40, 0.5));
  }

  @Test
  void theCurveOfEndToEndTrainingBeginsAtItsFirstMeasurement() {
    ComparisonPlan plan = plan(1, "e2e");
    String stage = plan.rows().get(0).cells().get(0).model().name();
    CellOutcome outcome =
        // Of twelve steps six were done.
        outcome(plan, 0, 0, "11110000").line(stage, 3, 12, 0.2).line(stage, 6, 12, 0.5).done();

    assertThat(cell(plan, outcome).curve())
        .containsExactly(new CurvePoint(5, 0.2), new CurvePoint(10, 0.5));
  }

  @Test
  void theCurveOfStagedTrainingGoesOverBothStages() {
    ComparisonPlan plan = plan(1, "staged-e2e");
    CellOutcome outcome =
        outcome(plan, 0, 0, "11110000")
            .line("baselines/staged-e2e/first", 6, 6, 0.2)
            .line("baselines/staged-e2e/final", 6, 6, 0.5)
            .done();

    assertThat(cell(plan, outcome).curve())
        .containsExactly(new CurvePoint(10, 0.2), new CurvePoint(20, 0.5));
  }

  @Test
  void aMetaModelAsDeepAsTheTargetIsNotOnTheCurve() {
    Study oracle =
        Study.of(List.of("deep-incubation"))
            .varied(Map.of("division.meta-depths", List.of("each 2")))
            .budget(Budget.AS_IS);
    ComparisonPlan plan = plan(oracle, 1);
    CellOutcome outcome = outcome(plan, 0, 0, "11110000").line("meta", 6, 6, 0.9).done();

    assertThat(cell(plan, outcome).curve()).containsExactly(new CurvePoint(30, 0.5));
  }

  @Test
  void theLongestPathGoesOverTheSlowestModule() {
    ComparisonPlan plan = plan(1, "deep-incubation");
    CellOutcome outcome =
        outcome(plan, 0, 0, "11110000")
            .seconds("meta", 5)
            .seconds("modules/0", 3)
            .seconds("modules/1", 7)
            .seconds("assembled", 0.5)
            .seconds("final", 2)
            .done();

    Cell cell = cell(plan, outcome);

    assertThat(cell.longestPath()).isEqualTo(5 + 7 + 0.5 + 2);
    assertThat(cell.seconds()).isEqualTo(5 + 3 + 7 + 0.5 + 2);
  }

  @Test
  void addsUpWhatTheStagesCost() {
    ComparisonPlan plan = plan(1, "deep-incubation");
    ComparisonPlan.Cell planned = plan.rows().get(0).cells().get(0);

    Cell cell = cell(plan, outcome(plan, 0, 0, "11110000").flops("meta", 7).done());

    assertThat(cell.seed()).isEqualTo(RECIPE.seed());
    assertThat(cell.folder()).isEqualTo(MadeUpOutcome.FOLDER);
    assertThat(cell.plannedFlops()).isEqualTo(planned.cost().computed());
    assertThat(cell.computedFlops()).isEqualTo(7 + 3 * MadeUpOutcome.FLOPS);
    assertThat(cell.nominalFlops()).isEqualTo(2 * cell.computedFlops());
    assertThat(cell.stages().get(2))
        .isEqualTo(new CellStage("modules/1", 1, 2, 0.5, 0.5, MadeUpOutcome.FLOPS, 1, "ab"));
  }

  @Test
  void tellsWhichImagesWereRight() {
    ComparisonPlan plan = plan(1, "e2e");
    String right = "1001010000110";

    Comparison comparison = tally(plan, List.of(right));

    var bits =
        BitSet.valueOf(Base64.getDecoder().decode(comparison.rows().get(0).cells().get(0).right()));
    assertThat(IntStream.range(0, right.length()).mapToObj(i -> bits.get(i) ? "1" : "0"))
        .containsExactly(right.split(""));
    assertThat(comparison.testImages()).isEqualTo(IMAGES);
  }

  @Test
  void tellsHowADifferenceChangesAlongTheAxis() {
    ComparisonPlan plan = plan(depths("e2e", "dgl"), 2);

    Comparison comparison =
        tally(
            plan,
            List.of("00000000", "10000000"),
            List.of("11110000", "11110000"),
            List.of("00000000", "00000000"),
            List.of("00000000", "11110000"));

    assertThat(comparison.axis()).isEqualTo("model.depth");
    assertThat(comparison.trends()).hasSize(1);
    Comparison.Trend trend = comparison.trends().get(0);
    assertThat(trend.method()).isEqualTo("End-to-end");
    assertThat(trend.other()).isEqualTo("DGL");
    assertThat(trend.from()).isEqualTo(4);
    assertThat(trend.to()).isEqualTo(8);
    assertThat(trend.change())
        .isEqualTo(
            Estimate.of(
                List.of(
                    new double[] {1, 1, 1, 1, 0, 0, 0, 0},
                    new double[] {-1, 0, 0, 0, 0, 0, 0, 0})));
  }

  @Test
  void aTrendIsOfTheSeedsThatAllFourTrainingsHaveDone() {
    ComparisonPlan plan = plan(depths("e2e", "dgl"), 3);
    List<List<CellOutcome>> outcomes =
        IntStream.range(0, 4)
            .mapToObj(row -> List.of(half(plan, row, 0), half(plan, row, 1), half(plan, row, 2)))
            .toList();

    Comparison comparison = tally(plan, outcomes, IMAGES);

    // End-to-end training lost seed 0 at the axis' beginning, and seed 1 at its end.
    assertThat(comparison.trends().get(0).change())
        .isEqualTo(Estimate.of(List.of(new double[] {0, 1, 0, 1, 0, 1, 0, 1})));
  }

  /** Right where seed and row say so; lost where both are the same. */
  private static CellOutcome half(ComparisonPlan plan, int row, int seed) {
    MadeUpOutcome outcome =
        outcome(plan, row, seed, row == 1 && seed == 2 ? "01010101" : "00000000");
    return row == seed && row < 2 ? outcome.failed("lost") : outcome.done();
  }

  @Test
  void tellsWhatAMethodCostsForTheBestOfEndToEndTraining() {
    CostRatio ratio = costRatio("10000000", "11110000");

    // From 1 image at 10 operations to 4 at 40; end-to-end training has 2 at its best, for 40.
    double cost = 10 * Math.pow(4, 1 / 3.0);
    assertThat(ratio.method()).isEqualTo("DGL");
    assertThat(ratio.other()).isEqualTo("End-to-end");
    assertThat(ratio.reached()).isEqualTo(2);
    assertThat(ratio.ratio())
        .satisfies(estimate -> assertThat(estimate.mean()).isCloseTo(40 / cost, within(1e-9)));
    assertThat(ratio.atLeast()).isFalse();
  }

  @Test
  void aRatioIsALowerBoundWhereTheLowestCostIsMoreThanEnough() {
    CostRatio ratio = costRatio("11100000", "11110000");

    assertThat(ratio.ratio()).isEqualTo(Estimate.ofSeeds(new double[] {4, 4}));
    assertThat(ratio.atLeast()).isTrue();
  }

  @Test
  void anAccuracyThatIsNotReachedHasNoRatio() {
    assertThat(costRatio("00000000", "10000000"))
        .isEqualTo(new CostRatio("DGL", "End-to-end", 0, null));
  }

  @Test
  void anAxisWithoutPlacesIsNone() {
    Study words =
        Study.of(List.of("deep-incubation"))
            .varied(Map.of("incubation.start", List.of("random", "grown")))
            .budget(Budget.AS_IS);
    ComparisonPlan plan = plan(words, 1);

    Comparison comparison = tally(plan, List.of("11110000"), List.of("11110000"));

    assertThat(comparison.axis()).isEmpty();
    assertThat(comparison.trends()).isEmpty();
    assertThat(comparison.costRatios()).isEmpty();
  }

  /** What DGL costs, right at cost 10 and at 40 as given, for 2 of 8 images at 40. */
  private static CostRatio costRatio(String cheap, String dear) {
    Study study =
        Study.of(List.of("e2e", "dgl"))
            .varied(Map.of("*.epochs", List.of("x1", "x4")))
            .budget(Budget.AS_IS);
    ComparisonPlan plan = plan(study, 2);
    List<String> right = List.of("10000000", "11000000", cheap, dear);
    List<List<CellOutcome>> outcomes =
        IntStream.range(0, right.size())
            .mapToObj(row -> costing(plan, row, row % 2 == 0 ? 10 : 40, right.get(row)))
            .toList();
    return tally(plan, outcomes, IMAGES).costRatios().get(0);
  }

  private static List<CellOutcome> costing(
      ComparisonPlan plan, int row, double flops, String right) {
    return plan.rows().get(row).cells().stream()
        .map(cell -> new MadeUpOutcome(cell, right).flops(cell.model().name(), flops).done())
        .toList();
  }

  private static Study depths(String... methods) {
    return Study.of(List.of(methods))
        .varied(Map.of("model.depth", List.of("4", "8")))
        .budget(Budget.AS_IS);
  }

  private static ComparisonPlan plan(int seeds, String... methods) {
    return plan(Study.of(List.of(methods)).budget(Budget.AS_IS), seeds);
  }

  @Test
  void aMeasureThatIsNoneOfImagesIsPairedBySeedAlone() {
    ComparisonPlan plan = plan(Study.of(List.of("deep-incubation", "e2e")).budget(Budget.AS_IS), 2);
    List<List<CellOutcome>> outcomes =
        List.of(
            List.of(measured(plan, 0, 0, 0.30), measured(plan, 0, 1, 0.32)),
            List.of(measured(plan, 1, 0, 0.20), measured(plan, 1, 1, 0.24)));

    Comparison comparison = tally(plan, outcomes, IMAGES);

    assertThat(comparison.measureHeading()).isEqualTo("mIoU");
    assertThat(comparison.rows().get(0).top1())
        .isEqualTo(Estimate.ofSeeds(new double[] {0.30, 0.32}));
    assertThat(comparison.pairs())
        .singleElement()
        .extracting(Pair::difference)
        .satisfies(
            difference -> {
              assertThat(difference.mean()).isCloseTo(0.09, within(1e-12));
              assertThat(difference.imageError()).isZero();
            });
    assertThat(comparison.rows().get(0).cells().get(0).right()).isEmpty();
    assertThat(comparison.otherMeasures()).containsExactly("macc");
    assertThat(comparison.rows().get(0).measures())
        .containsExactly(entry("macc", Estimate.ofSeeds(new double[] {0.60, 0.64})));
    assertThat(comparison.rows().get(0).cells().get(1).measures())
        .containsExactly(entry("macc", 0.64));
  }

  @Test
  void ofSuchAMeasureOneSeedClaimsNothing() {
    ComparisonPlan plan = plan(Study.of(List.of("deep-incubation", "e2e")).budget(Budget.AS_IS), 1);

    Comparison comparison =
        tally(
            plan,
            List.of(List.of(measured(plan, 0, 0, 0.3)), List.of(measured(plan, 1, 0, 0.2))),
            IMAGES);

    assertThat(comparison.pairs()).isEmpty();
    assertThat(comparison.rows().get(0).top1()).isNotNull();
  }

  @Test
  void itIsPairedByImageTooWhereTheImagesAreTold() {
    ComparisonPlan plan = plan(Study.of(List.of("deep-incubation", "e2e")).budget(Budget.AS_IS), 1);
    List<Double> one = List.of(0.5, 0.3, 0.4, 0.6);
    List<Double> other = List.of(0.2, 0.2, 0.1, 0.3);

    Comparison comparison =
        tally(
            plan,
            List.of(
                List.of(outcome(plan, 0, 0, "11110000").doneWith(one)),
                List.of(outcome(plan, 1, 0, "11110000").doneWith(other))),
            IMAGES);

    assertThat(comparison.rows().get(0).top1())
        .isEqualTo(Estimate.of(List.of(new double[] {0.5, 0.3, 0.4, 0.6})));
    Pair pair = comparison.pairs().get(0);
    assertThat(pair.difference().mean()).isCloseTo(0.25, ROUNDING);
    assertThat(pair.difference().imageError()).isCloseTo(0.05, ROUNDING);
    assertThat(pair.verdict()).isEqualTo(Verdict.BETTER);
  }

  @Test
  void besideATrainingThatToldNoImagesItIsPairedBySeedAlone() {
    ComparisonPlan plan = plan(Study.of(List.of("deep-incubation", "e2e")).budget(Budget.AS_IS), 2);
    List<Double> shares = List.of(0.5, 0.3, 0.4, 0.6);
    List<CellOutcome> mixed =
        List.of(outcome(plan, 0, 0, "11110000").doneWith(shares), measured(plan, 0, 1, 0.35));

    Comparison comparison =
        tally(
            plan,
            List.of(mixed, List.of(measured(plan, 1, 0, 0.20), measured(plan, 1, 1, 0.24))),
            IMAGES);

    assertThat(comparison.rows().get(0).top1())
        .isEqualTo(Estimate.ofSeeds(new double[] {0.45, 0.35}));
    assertThat(comparison.pairs().get(0).difference().imageError()).isZero();
  }

  /** A training whose model is told by another measure than a share of images. */
  private static CellOutcome measured(ComparisonPlan plan, int row, int seed, double number) {
    return outcome(plan, row, seed, "11110000").doneWith(number);
  }

  private static ComparisonPlan plan(Study study, int seeds) {
    SetFacts data = new SetFacts("data", "digest", "test", 96, IMAGES, TinyRuns.CLASSES);
    return new ComparisonPlan(study.seeds(seeds), RECIPE, data, uri -> data);
  }

  private static MadeUpOutcome outcome(ComparisonPlan plan, int row, int seed, String right) {
    return new MadeUpOutcome(plan.rows().get(row).cells().get(seed), right);
  }

  /** Trainings that are done: for each row, which images each seed's networks tell right. */
  @SafeVarargs
  private static Comparison tally(ComparisonPlan plan, List<String>... right) {
    List<List<CellOutcome>> outcomes =
        IntStream.range(0, right.length).mapToObj(row -> done(plan, row, right[row])).toList();
    return tally(plan, outcomes, right[0].get(0).length());
  }

  private static List<CellOutcome> done(ComparisonPlan plan, int row, List<String> right) {
    return IntStream.range(0, right.size())
        .mapToObj(seed -> outcome(plan, row, seed, right.get(seed)).done())
        .toList();
  }

  private static Comparison tally(
      ComparisonPlan plan, List<List<CellOutcome>> outcomes, int images) {
    return ComparisonTally.of(plan, outcomes, MadeUpOutcome.labels(images), Map.of());
  }

  private static Cell cell(ComparisonPlan plan, CellOutcome outcome) {
    return tally(plan, List.of(List.of(outcome)), IMAGES).rows().get(0).cells().get(0);
  }

  /** The rows of all pairs, of trainings that are done. */
  private static List<String> pairs(ComparisonPlan plan) {
    List<List<CellOutcome>> outcomes =
        IntStream.range(0, plan.rows().size())
            .mapToObj(row -> done(plan, row, List.of("11110000")))
            .toList();
    return tally(plan, outcomes, IMAGES).pairs().stream()
        .map(pair -> pair.row() + "-" + pair.other())
        .toList();
  }

  private static Estimate estimate(String... right) {
    return Estimate.of(Arrays.stream(right).map(MadeUpOutcome::numbers).toList());
  }
}
