package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.batch.ClassTargets;
import io.deepincubation.core.data.set.ImageTable;
import io.deepincubation.core.data.set.LabelledImage;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.network.VisionTransformer;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.EmaRecipe;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.run.Assignment;
import io.deepincubation.core.run.CheckpointPolicy;
import io.deepincubation.core.run.Checkpoints;
import io.deepincubation.core.run.Choice;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.run.ProcessEnd;
import io.deepincubation.core.run.RunEvent;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.run.StageKey;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.testing.TestImages;
import io.deepincubation.core.weights.Safetensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {

  private static final int SIDE = 16;
  private static final int CLASSES = 4;
  private static final int EPOCHS = 4;

  /** Less than libtorch alone takes. */
  private static final long LEAST_BYTES = 100 << 20;

  private static final VisionTransformer VIT =
      new VisionTransformer(SIDE, 4, 16, 2, CLASSES, VisionTransformer.DEIT_EPSILON);
  private static final ModularDivision DIVISION = new ModularDivision(List.of(1, 2));
  private static final BatchKey KEY = new BatchKey(5, "modules/1", 1);

  @TempDir private Path folder;

  /** What a test sees of a training. */
  private record Trained(TrainingOutcome outcome, List<String> digests) {}

  /** Notes which images it was asked for. */
  private record WatchedTable(ImageTable table, Set<Integer> seen) implements ImageTable {
    @Override
    public int size() {
      return table.size();
    }

    @Override
    public int height() {
      return table.height();
    }

    @Override
    public int width() {
      return table.width();
    }

    @Override
    public int labelBound() {
      return table.labelBound();
    }

    @Override
    public LabelledImage image(int index) {
      seen.add(index);
      return table.image(index);
    }
  }

  /** A process that dies. */
  private static final class Killed extends RuntimeException {}

  @ParameterizedTest
  @ValueSource(longs = {3, 7, 11, 20, 23})
  void goesOnAfterAnyInterruptionToTheSameBytes(long killedAt) {
    Trained undisturbed = train(recipe(), folder.resolve("undisturbed"), progress -> {});
    Path interrupted = folder.resolve("interrupted");
    assertThatThrownBy(() -> train(recipe(), interrupted, killAt(killedAt)))
        .isInstanceOf(Killed.class);
    var firstSteps = new ArrayList<Long>();

    Trained resumed = train(recipe(), interrupted, progress -> firstSteps.add(progress.step()));

    assertThat(resumed.digests()).isEqualTo(undisturbed.digests());
    assertThat(resumed.outcome().loss()).isEqualTo(undisturbed.outcome().loss());
    assertThat(losses(resumed)).isEqualTo(losses(undisturbed));
    assertThat(events(resumed))
        .last()
        .asString()
        .matches("attempt 2 on executor 3 (starts anew|goes on from step [1-9]\\d*)");
    assertThat(firstSteps.get(0)).isBetween(killedAt - 4, killedAt + 1);
    assertThat(resumed.outcome().resumedFromStep()).isEqualTo(firstSteps.get(0) - 1);
    assertThat(resumed.outcome().steps()).isEqualTo(24);
    assertThat(undisturbed.outcome().resumedFromStep()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {6, 24, 40})
  void goesOnFromTheMiddleOfALoggingIntervalToTheSameBytes(long killedAt) {
    Recipe fourStepIntervals = recipe("batch.size=2");
    Trained undisturbed = train(fourStepIntervals, folder.resolve("undisturbed"), progress -> {});
    Path interrupted = folder.resolve("interrupted");
    assertThatThrownBy(() -> train(fourStepIntervals, interrupted, killAt(killedAt)))
        .isInstanceOf(Killed.class);

    Trained resumed = train(fourStepIntervals, interrupted, progress -> {});

    assertThat(resumed.outcome().resumedFromStep() % 4).isNotZero();
    assertThat(resumed.digests()).isEqualTo(undisturbed.digests());
    assertThat(losses(resumed)).isEqualTo(losses(undisturbed));
  }

  @Test
  void anInterruptEndsItWithinAStepAndItGoesOnToTheSameBytes() {
    Trained undisturbed = train(recipe(), folder.resolve("undisturbed"), progress -> {});
    Path interrupted = folder.resolve("interrupted");

    assertThatThrownBy(
            () ->
                train(
                    recipe(),
                    interrupted,
                    progress -> {
                      if (progress.step() == 7) {
                        Thread.currentThread().interrupt();
                      }
                    }))
        .isInstanceOf(CancellationException.class)
        .hasMessageContaining("after step 7 of 24; asked for again, it goes on");

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(train(recipe(), interrupted, progress -> {}).digests())
        .isEqualTo(undisturbed.digests());
  }

  @Test
  void keepsItsStateAndStopsWhenItsProcessIsToEndAndRepeatsNoStep() {
    Trained undisturbed = train(recipe(), folder.resolve("undisturbed"), progress -> {});
    Path noticed = folder.resolve("noticed");
    var near = new AtomicBoolean();
    var steps = new ArrayList<Long>();
    try (var sign = ProcessEnd.here().watch(near::get)) {
      assertThatThrownBy(
              () ->
                  train(
                      recipe(),
                      noticed,
                      progress -> {
                        steps.add(progress.step());
                        near.set(progress.step() == 8);
                      }))
          .isInstanceOf(ProcessEndsException.class)
          .hasMessage(
              "Stopped modules/1 after step 8 of 24, where its state is kept: this process is to"
                  + " end");
    }

    Trained goneOn = train(recipe(), noticed, progress -> steps.add(progress.step()));

    assertThat(steps).containsExactlyElementsOf(LongStream.rangeClosed(1, 24).boxed().toList());
    assertThat(goneOn.outcome().resumedFromStep()).isEqualTo(8);
    assertThat(goneOn.digests()).isEqualTo(undisturbed.digests());
    assertThat(losses(goneOn)).isEqualTo(losses(undisturbed));
  }

  @Test
  void changesOnlyTheTrainedModule() {
    Weights before = VIT.initialWeights(DIVISION, 0, 1, "test");
    Trained trained = train(recipe(), folder, progress -> {});
    assertThat(trained.digests().get(0)).isEqualTo(Safetensors.digest(before));
    assertThat(trained.digests().get(1))
        .isNotEqualTo(Safetensors.digest(VIT.initialWeights(DIVISION, 1, 1, "test")));
  }

  @Test
  void tellsImagesLossAndRateOfEveryInterval() {
    var told = new ArrayList<RunEvent.Interval>();
    Trained trained = train(recipe(), folder, told::add);
    assertThat(trained.outcome().images()).isEqualTo(EPOCHS * 96L);
    assertThat(trained.outcome().measured().metrics().value()).isEqualTo(0.5);
    assertThat(told)
        .hasSize(EPOCHS * 6)
        .last()
        .extracting(RunEvent.Interval::fraction)
        .isEqualTo(1.0);
    assertThat(told).allSatisfy(p -> assertThat(p.dataWait()).isBetween(0.0, 1.0));
    assertThat(trained.outcome().metrics())
        .allSatisfy(line -> assertThat(line.processBytes()).isGreaterThan(LEAST_BYTES));
  }

  @Test
  void lanesComputeTheSameStepUpToRounding() {
    Trained one = train(recipe("batch.size=32"), folder.resolve("one"), progress -> {}, 1);
    Trained two = train(recipe("batch.size=32"), folder.resolve("two"), progress -> {}, 2);
    Trained again = train(recipe("batch.size=32"), folder.resolve("again"), progress -> {}, 2);
    assertThat(two.digests()).isEqualTo(again.digests()).isNotEqualTo(one.digests());
    assertThat(two.outcome().loss()).isCloseTo(one.outcome().loss(), within(1e-4));
  }

  @Test
  void lanesAccumulateToo() {
    Trained one = train(recipe(), folder.resolve("one"), progress -> {}, 1);
    List<String> halves = List.of("batch.size=32", "batch.accumulation=2");
    Trained two =
        train(recipe(halves.toArray(String[]::new)), folder.resolve("two"), progress -> {}, 2);
    assertThat(two.outcome().images()).isEqualTo(EPOCHS * 64L);
    assertThat(two.outcome().loss()).isBetween(1.0, one.outcome().loss() + 1);
  }

  @Test
  void measuresTheFirstBatchAndTheShorterLastOneBeforeTheFirstStep() {
    var images = new WatchedTable(images(), new TreeSet<>());
    var compute = new Compute(Device.cpu(), Arithmetic.FP32, 1);
    try (var evaluator = new Evaluator(TestImages.evaluation(images, 10), compute)) {
      assertThatThrownBy(() -> train(recipe(), folder, killAt(1), 1, evaluator::measureOf))
          .isInstanceOf(Killed.class);
    }
    assertThat(images.seen()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 90, 91, 92, 93, 94, 95);
  }

  /** Tells scripted values, one after the other, by the steps of the training so far. */
  private static Measure scripted(Objective objective, List<Double> values, List<String> seen) {
    return training -> {
      double value = values.get(Math.min(values.size() - 1, seen.size()));
      seen.add(Safetensors.digest(objective.network().weights(1)));
      return new Measurement(Metrics.ofTop1(value), List.of());
    };
  }

  private Trained choose(String name, List<String> seen, List<Double> values, String... overrides) {
    return train(
        recipe(overrides),
        folder.resolve(name),
        progress -> {},
        1,
        objective -> scripted(objective, values, seen));
  }

  @Test
  void endsInTheWeightsOfTheBestMeasurementAndKeepsTheLast() {
    var seen = new ArrayList<String>();
    Trained trained =
        choose(
            "best",
            seen,
            List.of(0.1, 0.5, 0.50001, 0.4),
            "incubation.best.metric=top1",
            "incubation.best.min-delta=0.001");

    Choice choice = trained.outcome().choice();
    assertThat(choice).isEqualTo(new Choice("top1", 0.5, 12, false, 24, List.of()));
    assertThat(trained.digests().get(1)).isEqualTo(seen.get(1));
    assertThat(Safetensors.digest(trained.outcome().last().get(1))).isEqualTo(seen.get(3));
    assertThat(trained.outcome().steps()).isEqualTo(24);
    assertThat(seen).as("the best weights are measured once more").hasSize(5);
    assertThat(seen.get(4)).isEqualTo(seen.get(1));
  }

  @Test
  void stopsWhenPatienceIsAtItsEnd() {
    var seen = new ArrayList<String>();
    Trained trained =
        choose(
            "stopped",
            seen,
            List.of(0.5, 0.5, 0.4),
            "incubation.best.metric=top1",
            "incubation.best.patience=2");

    assertThat(trained.outcome().choice())
        .isEqualTo(new Choice("top1", 0.5, 6, true, 24, List.of()));
    assertThat(trained.outcome().steps()).isEqualTo(18);
    assertThat(trained.outcome().epochs()).isEqualTo(3);
    assertThat(trained.outcome().images()).isEqualTo(3 * 96);
    assertThat(trained.digests().get(1)).isEqualTo(seen.get(0));
    assertThat(events(trained))
        .last()
        .isEqualTo("stopped at step 18 of 24: no better top1 than that of step 6, 0.5000");
  }

  @Test
  void measuresAsOftenAsItIsAskedTo() {
    var seen = new ArrayList<String>();
    choose(
        "every",
        seen,
        List.of(0.1, 0.2, 0.3),
        "incubation.best.metric=top1",
        "incubation.best.every=2");

    assertThat(seen).hasSize(2);
  }

  @Test
  void averagesTheWeightsAndMeasuresTheAverage() {
    var plain = new ArrayList<String>();
    var averaged = new ArrayList<String>();
    Trained last = choose("plain", plain, List.of(0.5));
    Trained average = choose("average", averaged, List.of(0.5), "ema.decay=0.9");

    assertThat(average.digests().get(1)).isEqualTo(averaged.get(averaged.size() - 1));
    assertThat(averaged).doesNotContainAnyElementsOf(plain);
    assertThat(losses(average)).as("training itself is the same").isEqualTo(losses(last));
    assertThat(average.digests().get(0)).isEqualTo(last.digests().get(0));
  }

  @Test
  void averagesByTheStatedRule() {
    var steps = new ArrayList<Weights>();
    var network = new AtomicReference<@Nullable ModularNetwork>();
    Trained averaged =
        train(
            recipe("ema.decay=0.7", "incubation.best.metric=top1"),
            folder,
            progress -> steps.add(Objects.requireNonNull(network.get()).weights(1)),
            1,
            objective -> {
              network.set(objective.network());
              return training -> new Measurement(Metrics.ofTop1(0.5), List.of());
            });

    var rule = new EmaRecipe(0.7, true);
    for (var tensor : averaged.outcome().last().get(1).tensors().entrySet()) {
      double expected = 0;
      for (int step = 1; step <= steps.size(); step++) {
        double weight = steps.get(step - 1).tensor(tensor.getKey()).values()[0];
        expected = rule.decay(step) * expected + (1 - rule.decay(step)) * weight;
      }
      assertThat((double) tensor.getValue().values()[0]).isCloseTo(expected, within(1e-5));
    }
    assertThat(steps).hasSize(24);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 5, 6, 7, 11, 12, 13, 17, 18})
  void choosesAveragesAndStopsAlikeAfterAnyInterruption(long killedAt) {
    String[] overrides = {
      "ema.decay=0.9",
      "incubation.best.metric=log-loss",
      "incubation.best.min-delta=0.3",
      "incubation.best.patience=2"
    };
    Path whole = folder.resolve("undisturbed");
    Path interrupted = folder.resolve("interrupted");
    Trained undisturbed = train(recipe(overrides), whole, progress -> {}, 1, this::measure);
    assertThatThrownBy(
            () -> train(recipe(overrides), interrupted, killAt(killedAt), 1, this::measure))
        .isInstanceOf(Killed.class);

    Trained resumed = train(recipe(overrides), interrupted, progress -> {}, 1, this::measure);

    assertThat(undisturbed.outcome().steps()).isEqualTo(18);
    assertThat(resumed.outcome().steps()).isEqualTo(18);
    assertThat(resumed.digests()).isEqualTo(undisturbed.digests());
    assertThat(resumed.outcome().choice()).isEqualTo(undisturbed.outcome().choice());
    assertThat(resumed.outcome().measured()).isEqualTo(undisturbed.outcome().measured());
    assertThat(resumed.outcome().last().stream().map(Safetensors::digest))
        .containsExactlyElementsOf(
            undisturbed.outcome().last().stream().map(Safetensors::digest).toList());
    assertThat(losses(resumed)).isEqualTo(losses(undisturbed));
  }

  /** By real images. */
  private Measure measure(Objective objective) {
    var compute = new Compute(Device.cpu(), Arithmetic.FP32, 1);
    return training -> {
      try (var evaluator = new Evaluator(TestImages.evaluation(images(), 10), compute)) {
        return evaluator.measureOf(objective).of(training);
      }
    };
  }

  private static Consumer<RunEvent.Interval> killAt(long step) {
    return progress -> {
      if (progress.step() >= step) {
        throw new Killed();
      }
    };
  }

  private static List<Double> losses(Trained trained) {
    var losses = new ArrayList<Double>();
    for (MetricsLine line : trained.outcome().metrics()) {
      if (line.loss() != null) {
        losses.add(line.loss());
      }
    }
    return losses;
  }

  private static List<String> events(Trained trained) {
    return trained.outcome().metrics().stream()
        .map(MetricsLine::event)
        .filter(Objects::nonNull)
        .toList();
  }

  private static Recipe recipe(String... overrides) {
    return RecipeYaml.parse(
        """
        model: {depth: 3, width: 16, heads: 2, patch: 4, image: 16}
        division: {modules: 2, depths: [1, 2]}
        batch: {size: 16, accumulation: 1}
        optimizer: {rate: 0.03}
        augmentation: {crop-padding: 2}
        incubation: {epochs: 4, warm-up-epochs: 1, stochastic-depth: 0.2, clip-norm: 1}
        """,
        "test",
        List.of(overrides));
  }

  private static Trained train(Recipe recipe, Path folder, Consumer<RunEvent.Interval> progress) {
    return train(recipe, folder, progress, 1);
  }

  private static Trained train(
      Recipe recipe, Path folder, Consumer<RunEvent.Interval> progress, int threads) {
    return train(
        recipe,
        folder,
        progress,
        threads,
        objective -> step -> new Measurement(Metrics.ofTop1(0.5), List.of()));
  }

  private static Trained train(
      Recipe recipe,
      Path folder,
      Consumer<RunEvent.Interval> progress,
      int threads,
      Function<Objective, Measure> measure) {
    TorchEngine.useThreads(threads);
    int batch = recipe.batch().size();
    var batches =
        TestImages.batches(
            images(), recipe.augmentation(), new ClassTargets(CLASSES, 0.1), batch, KEY, 1);
    var weights =
        List.of(
            VIT.initialWeights(DIVISION, 0, 1, "test"), VIT.initialWeights(DIVISION, 1, 1, "test"));
    var compute = new Compute(Device.cpu(), Arithmetic.FP32, threads);
    var checkpoints =
        new Checkpoints(
            new LocalStorage(folder),
            "modules/1",
            StageKey.of(Map.of("data", "test")),
            CheckpointPolicy.steps(5));
    try (var network = new ModularNetwork(VIT, DIVISION, weights, compute)) {
      var objective =
          new TaskObjective(
              network,
              Passes.classification(network),
              Set.of(1),
              new StochasticDepth(0.2),
              recipe.batch().recomputeActivations());
      TrainingOutcome outcome =
          new Trainer(
                  recipe,
                  new TrainedStage(
                      Assignment.whole(KEY.stage()), 1, 2, recipe.incubation().stage()),
                  KEY,
                  batches,
                  compute,
                  checkpoints,
                  RunObserver.ofIntervals(progress),
                  new Attempt("3", 1, List.of("0")))
              .train(List.of(objective), network.manager(), Measures.of(measure.apply(objective)));
      return new Trained(outcome, network.weights().stream().map(Safetensors::digest).toList());
    }
  }

  private static ImageTable images() {
    int count = 96;
    var pixels = new byte[count * 3 * SIDE * SIDE];
    var labels = new int[count];
    var random = RandomStream.of(9);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) random.nextInt(256);
    }
    for (int i = 0; i < count; i++) {
      labels[i] = i % CLASSES;
    }
    return ImageTable.of(pixels, labels, SIDE, SIDE);
  }
}
