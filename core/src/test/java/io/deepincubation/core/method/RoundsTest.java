package io.deepincubation.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.run.Assignment;
import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.run.RangeSum;
import io.deepincubation.core.run.RunEvent;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.testing.TinyRuns;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stages of several workers, in this process. */
class RoundsTest {

  @TempDir private Path folder;

  private static Recipe recipe(String... overrides) {
    return RecipeYaml.override(TinyRuns.recipe(2), List.of(overrides));
  }

  private static Recipe inRounds(String... overrides) {
    Recipe everywhere =
        recipe(
            "meta.workers=2",
            "incubation.workers=4",
            "fine-tuning.workers=2",
            "end-to-end.workers=4",
            "rounds.steps=5");
    return RecipeYaml.override(everywhere, List.of(overrides));
  }

  private RunContext context(String name, Recipe recipe) {
    return TinyRuns.context(folder.resolve(name), recipe);
  }

  private List<Weights> endToEnd(String name, Recipe recipe) {
    RunContext context = context(name, recipe);
    StageResult model = TinyRuns.run(new EndToEnd(), context, recipe, 2).run().model();
    return context.folder().weights(model);
  }

  /** SGD without momentum is linear in the gradients, so the workers' mean is the batch's. */
  @ParameterizedTest
  @ValueSource(strings = {"2", "4"})
  void aMeanAfterEachStepOfPlainSgdIsTheStepOfTheWholeBatch(String workers) {
    String[] sgd = {
      "optimizer.rule=sgd",
      "optimizer.rate=1",
      "optimizer.momentum=0",
      "end-to-end.clip-norm=0",
      "end-to-end.stochastic-depth=0.3",
      "augmentation.mixup=0.8",
      "augmentation.cutmix=1",
      "batch.accumulation=2",
      "rounds.steps=1"
    };
    List<Weights> whole = endToEnd("whole", recipe(sgd));
    List<Weights> start =
        endToEnd("start", RecipeYaml.override(recipe(sgd), List.of("end-to-end.epochs=0")));
    List<Weights> mean =
        endToEnd(
            "mean", RecipeYaml.override(recipe(sgd), List.of("end-to-end.workers=" + workers)));

    double change = 0;
    for (int i = 0; i < whole.size(); i++) {
      for (String name : whole.get(i).tensors().keySet()) {
        float[] expected = whole.get(i).tensor(name).values();
        float[] begun = start.get(i).tensor(name).values();
        float[] found = mean.get(i).tensor(name).values();
        for (int v = 0; v < expected.length; v++) {
          assertThat((double) found[v]).as(name).isCloseTo(expected[v], within(2e-5));
          change = Math.max(change, Math.abs(expected[v] - begun[v]));
        }
      }
    }
    assertThat(change).as("what training changed").isGreaterThan(0.02);
  }

  @Test
  void theBytesFollowFromTheWorkersNotFromHowManyRunAtATime() {
    Recipe recipe = inRounds();
    IncubationReport one = TinyRuns.incubate(context("one", recipe), recipe, 1);
    IncubationReport four = TinyRuns.incubate(context("four", recipe), recipe, 4);
    IncubationReport alone = TinyRuns.incubate(context("alone", recipe()), recipe(), 1);

    assertThat(digests(four)).isEqualTo(digests(one)).doesNotHaveDuplicates();
    assertThat(digests(alone)).doesNotContainAnyElementsOf(digests(one));
  }

  private static List<String> digests(IncubationReport report) {
    return report.stages().stream().map(StageResult::sha256).toList();
  }

  @Test
  void countsAsOneWorkerWithTheWholeBatchDoesAndLearns() throws Exception {
    Recipe recipe = inRounds("meta.epochs=6", "meta.clip-norm=0");
    RunContext context = context("run", recipe);
    IncubationReport report = TinyRuns.incubate(context, recipe, 2);
    IncubationReport alone = TinyRuns.incubate(context("alone", recipe()), recipe(), 1);

    for (StageResult result : report.stages()) {
      if (!result.stage().equals(Stages.META)) {
        StageResult expected = alone.stage(result.stage());
        assertThat(result.images()).isEqualTo(expected.images());
        assertThat(result.steps()).isEqualTo(expected.steps());
        assertThat(result.epochs()).isEqualTo(expected.epochs());
        assertThat(result.trainingFlops()).isEqualTo(expected.trainingFlops());
      }
    }
    List<MetricsLine> lines =
        context.folder().metrics(Stages.META).stream().filter(line -> line.loss() != null).toList();
    assertThat(lines)
        .extracting(MetricsLine::step)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 36).mapToObj(Long::valueOf).toList());
    assertThat(lines.get(35).loss()).isLessThan(lines.get(0).loss());
    assertThat(report.stage(Stages.META).loss())
        .isCloseTo(
            lines.subList(30, 36).stream().mapToDouble(MetricsLine::loss).average().orElseThrow(),
            within(1e-6));
    assertThat(folder.resolve("run/checkpoints/meta")).doesNotExist();
    try (var left = Files.walk(folder.resolve("run/checkpoints"))) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void trainsEveryMethodAndKeepsRunningStatistics() {
    Recipe resnet = RecipeYaml.override(StageBytes.resnet(), List.of("rounds.steps=2"));
    for (String method : List.of("e2e", "dgl", "imitation")) {
      Recipe recipe =
          RecipeYaml.override(
              resnet, List.of("end-to-end.workers=2", "incubation.workers=2", "meta.workers=2"));
      RunContext context = context(method, recipe);
      StageResult model = TinyRuns.run(Methods.named(method), context, recipe, 2).run().model();
      Weights first = context.folder().weights(model).get(0);
      String mean =
          first.tensors().keySet().stream()
              .filter(name -> name.endsWith("running_mean"))
              .findFirst()
              .orElseThrow();
      assertThat(first.tensor(mean).values())
          .as(method)
          .isNotEqualTo(new float[first.tensor(mean).values().length]);
      assertThat(model.measuredAccuracy()).isPresent();
    }
  }

  /** A driver that is lost at some event, and what its workers told until then. */
  private static final class LostAt implements RunObserver {

    private final Predicate<RunEvent> end;
    private final List<String> steps;

    LostAt(Predicate<RunEvent> end, List<String> steps) {
      this.end = end;
      this.steps = steps;
    }

    @Override
    public void on(RunEvent event) {
      if (end.test(event)) {
        throw new IllegalStateException("lost");
      }
      if (event instanceof RunEvent.Interval interval) {
        steps.add("worker " + interval.assignment().worker() + ", step " + interval.step());
      }
    }
  }

  private RunContext lostAt(
      String name, Recipe recipe, Predicate<RunEvent> end, List<String> steps) {
    RunContext quiet = context(name, recipe);
    return new RunContext(
        quiet.architecture(), quiet.data(), quiet.folder(), new LostAt(end, steps));
  }

  @Test
  void aLostDriverGoesOnAtTheRoundAndRepeatsNoFinishedWorker() {
    Recipe recipe = inRounds();
    var steps = new ArrayList<String>();
    // Four workers of rounds of 5 steps: in the second round the third worker fails at its end.
    List<Predicate<RunEvent>> ends =
        List.of(
            event ->
                event instanceof RunEvent.Interval interval
                    && interval.assignment().equals(new Assignment("baselines/e2e", 1, 2, 4))
                    && interval.step() == 10,
            event -> event instanceof RunEvent.RoundEnded,
            event -> false);
    for (Predicate<RunEvent> end : ends) {
      RunContext context = lostAt("lost", recipe, end, steps);
      MethodRun run = TinyRuns.run(new EndToEnd(), context, recipe, 1);
      if (steps.size() < 44) {
        assertThatThrownBy(run::run).hasMessage("lost");
      } else {
        run.run();
      }
    }

    // 12 steps of 4 workers, and the 4 steps that the third had done of the second round.
    assertThat(steps).hasSize(4 * 12 + 4);
    assertThat(Set.copyOf(steps)).hasSize(4 * 12);
    assertThat(new RunFolder(new LocalStorage(folder.resolve("lost"))).result("baselines/e2e"))
        .map(StageResult::sha256)
        .contains(
            TinyRuns.run(new EndToEnd(), context("quiet", recipe), recipe, 2)
                .run()
                .model()
                .sha256());
  }

  @Test
  void aDamagedDifferenceIsMadeAnew() {
    Recipe recipe = inRounds();
    var steps = new ArrayList<String>();
    RunContext lost =
        lostAt("damaged", recipe, event -> event instanceof RunEvent.RoundEnded, steps);
    assertThatThrownBy(() -> TinyRuns.run(new EndToEnd(), lost, recipe, 1).run())
        .hasMessage("lost");
    LocalStorage storage = new LocalStorage(folder.resolve("damaged"));
    String second = "checkpoints/baselines-e2e/round-1";
    RunContext again =
        lostAt(
            "damaged",
            recipe,
            event ->
                event instanceof RunEvent.Interval interval
                    && interval.assignment().worker() == 3
                    && interval.step() == 10,
            steps);
    assertThatThrownBy(() -> TinyRuns.run(new EndToEnd(), again, recipe, 1).run())
        .hasMessage("lost");
    String difference =
        storage.list(second + "/worker-1").stream()
            .filter(file -> file.startsWith("difference"))
            .findFirst()
            .orElseThrow();
    int length = (int) storage.length(second + "/worker-1/" + difference);
    storage.write(second + "/worker-1/" + difference, stream -> stream.write(new byte[length]));

    assertThatThrownBy(
            () -> TinyRuns.run(new EndToEnd(), context("damaged", recipe), recipe, 1).run())
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("what was done of baselines/e2e, round 2, worker 2 of 4")
        .hasMessageEndingWith("the same command does it again");
    StageResult model =
        TinyRuns.run(new EndToEnd(), context("damaged", recipe), recipe, 1).run().model();
    assertThat(model.sha256())
        .isEqualTo(
            TinyRuns.run(new EndToEnd(), context("quiet", recipe), recipe, 2)
                .run()
                .model()
                .sha256());
  }

  /** Tasks that sum, of which one after another is lost at its first range. */
  private static final class LostSums implements RoundsRun.Workers {

    private final LocalStages stages;
    private final List<RangeSum> asked = new ArrayList<>();
    private int left;

    LostSums(LocalStages stages, int lost) {
      this.stages = stages;
      left = lost;
    }

    @Override
    public void compute(List<Stage> ofStages, List<Assignment> parts) {
      stages.compute(ofStages, parts);
    }

    @Override
    public void sum(List<Stage> ofStages, List<RangeSum> sums) {
      asked.addAll(sums);
      if (left-- > 0) {
        stages.sum(ofStages, sums.subList(0, 1));
        throw new IllegalStateException("lost");
      }
      stages.sum(ofStages, sums);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"average", "nesterov"})
  void theBytesDoNotFollowFromWhereOrInWhichRangesWeightsAreSummed(String outer) {
    Recipe recipe = inRounds("rounds.outer=" + outer);
    RunContext apart = context("apart", recipe);
    Stage stage = EndToEnd.stage(recipe);
    var here = new RoundWork(apart, TinyRuns.COMPUTE);
    var sums = new LostSums(new LocalStages(apart, TinyRuns.COMPUTE, 2), 2);
    Runnable goOn =
        () ->
            new RoundsRun(apart.folder().commits(), apart, here, sums, 20_000).run(List.of(stage));
    assertThatThrownBy(goOn::run).hasMessage("lost");
    assertThatThrownBy(goOn::run).hasMessage("lost");
    goOn.run();
    StageResult model =
        new StageWork(apart, TinyRuns.COMPUTE).run(stage, StageInputs.of(apart.folder()));

    int ranges = (int) sums.asked.stream().filter(sum -> sum.round() == 1).count();
    assertThat(ranges).as("ranges").isGreaterThan(5);
    // 3 rounds, the first one's sums asked for three times; each lost task had done one.
    assertThat(sums.asked).hasSize(3 * ranges + ranges - 1 + ranges - 2);
    assertThat(model.sha256())
        .isEqualTo(
            TinyRuns.run(new EndToEnd(), context("together", recipe), recipe, 2)
                .run()
                .model()
                .sha256());
  }

  @Test
  void aFolderWhoseRoundsAreOfAnotherStageIsRefused() {
    Recipe recipe = inRounds();
    RunContext lost =
        lostAt("other", recipe, event -> event instanceof RunEvent.RoundEnded, new ArrayList<>());
    assertThatThrownBy(() -> TinyRuns.run(new EndToEnd(), lost, recipe, 1).run())
        .hasMessage("lost");

    Recipe other = inRounds("end-to-end.workers=2");
    assertThatThrownBy(() -> TinyRuns.run(new EndToEnd(), context("other", other), other, 1).run())
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining("has begun to be trained otherwise: end-to-end.workers is 4 there");
  }

  @Test
  void nesterovGivesOtherBytesThanAveraging() {
    Recipe nesterov = inRounds("rounds.outer=nesterov");
    RunContext context = context("nesterov", nesterov);
    StageResult one = TinyRuns.run(new EndToEnd(), context, nesterov, 1).run().model();
    StageResult again =
        TinyRuns.run(new EndToEnd(), context("again", nesterov), nesterov, 4).run().model();
    StageResult averaged =
        TinyRuns.run(new EndToEnd(), context("averaged", inRounds()), inRounds(), 1).run().model();

    assertThat(one.sha256()).isEqualTo(again.sha256()).isNotEqualTo(averaged.sha256());
  }

  @Test
  void onlyStagesOfSeveralWorkersAskHowTheyMeet() {
    Stage alone = EndToEnd.stage(recipe("rounds.steps=3", "rounds.outer=nesterov"));
    Stage inRounds = EndToEnd.stage(inRounds());
    var inputs = new RunInputs("data", null);

    assertThat(alone.key(inputs)).isEqualTo(EndToEnd.stage(recipe()).key(inputs));
    assertThat(inRounds.key(inputs).facts())
        .containsEntry("end-to-end.workers", "4")
        .containsEntry("rounds.steps", "5")
        .doesNotContainKey("rounds.outer");
  }
}
