package io.deepincubation.core.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.network.MapNorm;
import io.deepincubation.core.network.SegmentationHead;
import io.deepincubation.core.recipe.BatchRecipe.Sampling;
import io.deepincubation.core.recipe.IncubationRecipe.MetaModel;
import io.deepincubation.core.recipe.IncubationRecipe.Start;
import io.deepincubation.core.recipe.OptimizerRecipe.Rule;
import io.deepincubation.core.recipe.ScheduleRecipe.Decay;
import io.deepincubation.core.recipe.ScheduleRecipe.Unit;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeYamlTest {

  private static final String EVERY_KEY =
      """
      name: everything
      seed: 9007199254740993
      precision: bf16
      model:
        family: resnet
        depth: 9
        width: 8
        heads: 2
        patch: 2
        image: 16
        classes: 7
      initial-weights: s3a://models/start
      division:
        modules: 3
        depths: [2, 3, 4]
        meta-depths: [1, 2, 1]
      batch:
        size: 10
        accumulation: 3
        recompute-activations: true
        sampling: balanced
      optimizer:
        rule: lamb
        rate: 1e-3
        weight-decay: .1
        beta1: 0.8
        beta2: 0.9
        epsilon: 1E-6
        momentum: 0.5
      schedule:
        minimum-rate: 1e-7
        warm-up-rate: 1e-8
        unit: step
        decay: steps
        power: 2
        drops: [0.5]
      ema: {decay: 0.99, warm-up: false}
      loss:
        label-smoothing: 0.2
        class-weights: [1, 2.5, 0, 1, 1, 1, 3]
      augmentation:
        crop-padding: 0
        resized-crop: true
        flip: false
        rand-augment: 7
        color-jitter: 0.3
        mixup: 0.5
        cutmix: 0.25
        random-erasing: 0.125
        repeats: 2
      meta:
        epochs: 10
        warm-up-epochs: 1
        stochastic-depth: 0.01
        clip-norm: 5
        rate-factor: 2
        best: {metric: top1, min-delta: 0.01, patience: 2, every: 3}
      incubation:
        epochs: 20
        warm-up-epochs: 2
        stochastic-depth: 0.02
        clip-norm: 6
        rate-factor: 3
        start: grown
        meta: random-tunable
        best: {metric: top5, min-delta: 0.02, patience: 3, every: 4}
      fine-tuning:
        epochs: 30
        warm-up-epochs: 3
        stochastic-depth: 0.03
        clip-norm: 7
        rate-factor: 4
        best: {metric: f1, min-delta: 0.03, patience: 4, every: 5}
      end-to-end:
        epochs: 40
        warm-up-epochs: 4
        stochastic-depth: 0.04
        clip-norm: 8
        rate-factor: 5
        best: {metric: ece, min-delta: 0.04, patience: 5, every: 6}
      higher-resolution:
        image: 24
        epochs: 50
        warm-up-epochs: 5
        stochastic-depth: 0.05
        clip-norm: 9
        rate-factor: 6
        best: {metric: recall, min-delta: 0.05, patience: 6, every: 7}
      rounds: {steps: 20, outer: nesterov, rate: 0.5, momentum: 0.8}
      local: {lambda1: [3, .5], lambda2: [1e-1, 2]}
      transfer:
        freeze-backbone: true
        layer-decay: 0.9
        head-rate: 5
        epochs: 70
        warm-up-epochs: 7
        stochastic-depth: 0.06
        clip-norm: 10
        rate-factor: 7
        best: {metric: miou, min-delta: 0.06, patience: 7, every: 8}
      segmentation:
        head: fcn
        neck: none
        taps: [1, 2, 3, 9]
        channels: 64
        auxiliary-channels: 32
        norm: layer
        dropout: 0.2
        window: 96
        stride: 48
      detection:
        taps: [2, 4, 6, 9]
        window: 7
        channels: 32
        levels: 4
        anchor-size: 4
        anchors: 64
        training-proposals-per-level: 300
        proposals-per-level: 200
        proposals: 100
        proposal-overlap: 0.6
        regions: 48
        foreground: 12
        region-size: 112
        samples: 0
        box-width: 128
        mask-convolutions: 2
        score: 0.1
        overlap: 0.4
        detections: 50
      scene:
        long-side: 256
        short-side: 128
        least-ratio: 0.8
        most-ratio: 1.6
        short-sides: [128, 160]
        part-probability: 0.5
        crop: 96
        largest-share: 0.5
        flip: false
        photometric: false
      """;

  private static final Recipe EVERYTHING =
      new Recipe(
          "everything",
          9007199254740993L,
          Precision.BF16,
          new ModelRecipe("resnet", 9, 8, 2, 2, 16, 7, Map.of()),
          "s3a://models/start",
          new DivisionRecipe(3, List.of(2, 3, 4), List.of(1, 2, 1)),
          new BatchRecipe(10, 3, true, Sampling.BALANCED),
          new OptimizerRecipe(Rule.LAMB, 1e-3, 0.1, 0.8, 0.9, 1e-6, 0.5),
          new ScheduleRecipe(1e-7, 1e-8, Unit.STEP, Decay.STEPS, 2, List.of(0.5)),
          new EmaRecipe(0.99, false),
          new LossRecipe(0.2, ClassWeights.of(List.of(1.0, 2.5, 0.0, 1.0, 1.0, 1.0, 3.0))),
          new AugmentationRecipe(0, true, false, 7, 0.3, 0.5, 0.25, 0.125, 2),
          new StageRecipe(10, 1, 0.01, 5, 2, new BestRecipe("top1", 0.01, 2, 3), 1),
          new IncubationRecipe(
              20,
              2,
              0.02,
              6,
              3,
              Start.GROWN,
              MetaModel.RANDOM_TUNABLE,
              new BestRecipe("top5", 0.02, 3, 4),
              1),
          new StageRecipe(30, 3, 0.03, 7, 4, new BestRecipe("f1", 0.03, 4, 5), 1),
          new EndToEndRecipe(Epochs.of(40), 4, 0.04, 8, 5, new BestRecipe("ece", 0.04, 5, 6), 1),
          new HigherResolutionRecipe(
              24, 50, 5, 0.05, 9, 6, new BestRecipe("recall", 0.05, 6, 7), 1),
          new RoundsRecipe(20, RoundsRecipe.Outer.NESTEROV, 0.5, 0.8),
          new LocalRecipe(List.of(3.0, 0.5), List.of(0.1, 2.0)),
          new TransferRecipe(
              TransferRecipe.Task.NONE,
              true,
              0.9,
              5,
              70,
              7,
              0.06,
              10,
              7,
              new BestRecipe("miou", 0.06, 7, 8),
              1),
          new SegmentationRecipe(
              SegmentationHead.Kind.FCN,
              SegmentationHead.Neck.NONE,
              List.of(1, 2, 3, 9),
              64,
              32,
              MapNorm.Kind.LAYER,
              0.2,
              96,
              48),
          new DetectionRecipe(
              List.of(2, 4, 6, 9),
              7,
              32,
              4,
              4,
              64,
              300,
              200,
              100,
              0.6,
              48,
              12,
              112,
              0,
              128,
              2,
              0.1,
              0.4,
              50),
          new SceneRecipe(256, 128, 0.8, 1.6, List.of(128, 160), 0.5, 96, 0.5, false, false));

  /** Of families of other jars; of several workers, who do not choose; of vision transformers. */
  private static final Set<String> NOT_WITH_OTHERS = Set.of("options", "workers", "task");

  @Test
  void mapsEveryKey() {
    assertThat(parse(EVERY_KEY)).isEqualTo(EVERYTHING);
    assertEveryComponentDiffers(EVERYTHING, Recipes.defaults());
  }

  @Test
  void mapsTheWorkersOfEachStage() {
    Recipe recipe =
        parse(
            "batch: {size: 60}\nmeta: {workers: 2}\nincubation: {workers: 3}\n"
                + "fine-tuning: {workers: 5}\nend-to-end: {workers: 6}");

    assertThat(recipe.meta().workers()).isEqualTo(2);
    assertThat(recipe.incubation().stage().workers()).isEqualTo(3);
    assertThat(recipe.fineTuning().lasting(3).workers()).isEqualTo(5);
    assertThat(recipe.endToEnd().stage(() -> 1).workers()).isEqualTo(6);
    assertThat(parse(RecipeYaml.toYaml(recipe))).isEqualTo(recipe);
  }

  @Test
  void refusesWorkersThatDoNotGoWithTheRest() {
    assertThatThrownBy(
            () ->
                parse(
                    "batch: {size: 60}\nema: {decay: 0.9}\nmeta: {workers: 4}\n"
                        + "incubation: {workers: 0}\n"
                        + "fine-tuning: {workers: 2, best: {metric: top1}}"))
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining(
            "meta.workers (line 3): expected workers that divide batch.size, 60, into even parts,"
                + " since mixup or cutmix pairs images, got 4")
        .hasMessageContaining(
            "meta.workers (line 3): expected 1 where ema.decay is on: an average of every step"
                + " needs them in one place, got 4")
        .hasMessageContaining(
            "incubation.workers (line 4): expected a whole number of at least 1, got 0")
        .hasMessageContaining(
            "fine-tuning.workers (line 5): expected 1 where fine-tuning.best.metric is given:"
                + " workers are measured at the end alone, got 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "balanced", "[1, 2.5]", "{cat: 2, dog: 0.5}"})
  void readsAndWritesClassWeightsInEachForm(String weights) {
    Recipe recipe = parse("name: mine\nloss: {class-weights: " + weights + "}");

    assertThat(parse(RecipeYaml.toYaml(recipe))).isEqualTo(recipe);
    assertThat(RecipeYaml.override(recipe, List.of("loss.class-weights=" + weights)))
        .isEqualTo(recipe);
    assertThat(recipe.loss().classWeights().isNone()).isEqualTo(weights.equals("none"));
  }

  @Test
  void weighsTheClassesOfTheDataAlone() {
    List<String> names = List.of("ant", "bee");
    List<Double> balanced = List.of(0.5, 2.0);

    assertThat(ClassWeights.NONE.of(names, balanced)).containsExactly(1.0, 1.0);
    assertThat(ClassWeights.BALANCED.of(names, balanced)).containsExactly(0.5, 2.0);
    assertThat(ClassWeights.of(Map.of("bee", 3.0)).of(names, balanced)).containsExactly(1.0, 3.0);
    assertThatThrownBy(() -> ClassWeights.of(List.of(1.0)).of(names, balanced))
        .isInstanceOf(RecipeException.class)
        .hasMessage(
            "Cannot weigh the classes by loss.class-weights: expected a weight for each of 2"
                + " classes, got [1.0]");
    assertThatThrownBy(() -> ClassWeights.of(Map.of("cat", 3.0)).of(names, balanced))
        .hasMessage(
            "Cannot weigh the classes by loss.class-weights: expected names of the data's classes,"
                + " not cat, among classes, got {cat=3.0}");
  }

  @Test
  void refusesUnfitClassWeightsAndChoices() {
    assertThatThrownBy(
            () ->
                parse(
                    "loss: {class-weights: heavy}\n"
                        + "meta: {best: {patience: 3}}\n"
                        + "fine-tuning: {best: {metric: top1, patience: -1, every: 0}}"))
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining(
            "loss.class-weights (line 1): expected none, balanced, a list of numbers such as [1,"
                + " 2.5] or numbers by name such as {cat: 2}, got heavy")
        .hasMessageContaining("fine-tuning.best.patience (line 3): expected a whole number")
        .hasMessageContaining("fine-tuning.best.every (line 3): expected a whole number");
    assertThatThrownBy(() -> parse("meta: {best: {patience: 3}}"))
        .hasMessageContaining(
            "meta.best.metric: expected a measure such as top1 where other keys of"
                + " meta.best are given, got nothing");
    assertThatThrownBy(() -> parse("loss: {class-weights: [1, -2]}"))
        .hasMessageContaining("loss.class-weights (line 1): expected numbers of at least 0");
  }

  @Test
  void takesMissingKeysFromThePaper() {
    assertThat(RecipeYaml.parse("", "some/folder/mine.yaml", List.of()))
        .isEqualTo(RecipeYaml.override(Recipes.defaults(), List.of("name=mine")));
    assertThat(parse("optimizer: {rate: 5e-4}\nname: deit")).isEqualTo(Recipes.defaults());
  }

  @Test
  void takesMissingKeysFromTheRecipeThatItExtends() {
    Recipe recipe = parse("extends: vit-h-imagenet\nname: mine\nmodel: {image: 112}");

    assertThat(recipe.model())
        .isEqualTo(new ModelRecipe("vit", 32, 1280, 16, 14, 112, 0, Map.of()));
    assertThat(recipe.fineTuning().stochasticDepth()).isEqualTo(0.6);
  }

  @Test
  void readsBackWhatItWrites() {
    assertThat(parse(RecipeYaml.toYaml(EVERYTHING))).isEqualTo(EVERYTHING);
    assertThat(parse(RecipeYaml.toYaml(Recipes.defaults()))).isEqualTo(Recipes.defaults());
    Recipe odd = RecipeYaml.override(Recipes.defaults(), List.of("name='yes: \"no\" # 1'"));
    assertThat(odd.name()).isEqualTo("yes: \"no\" # 1");
    assertThat(parse(RecipeYaml.toYaml(odd))).isEqualTo(odd);
  }

  @Test
  void listsEveryUnknownKeyWithTheNearest() {
    String yaml =
        """
        precison: fp32
        model:
          widht: 192
        fineTuning:
          epochs: 3
        meta:
          warm-up: 3
          xyz: 1
        """;

    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> parse(yaml))
        .withMessage(
            "Cannot use recipe test.yaml:"
                + " precison (line 1): unknown key, did you mean precision?;"
                + " fineTuning (line 5): unknown key, did you mean fine-tuning?;"
                + " model.widht (line 3): unknown key, did you mean model.width?;"
                + " meta.warm-up (line 7): unknown key, expected one of epochs, warm-up-epochs,"
                + " stochastic-depth, clip-norm, rate-factor, best, workers;"
                + " meta.xyz (line 8): unknown key, expected one of epochs, warm-up-epochs,"
                + " stochastic-depth, clip-norm, rate-factor, best, workers");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seed: 1.5 | seed (line 1): expected a whole number, got 1.5",
        "seed: 99999999999999999999 | seed (line 1): expected a whole number, got"
            + " 99999999999999999999",
        "batch: {size: 3000000000} | batch.size (line 1): expected a whole number, got 3000000000",
        "batch: {size: \"64\"} | batch.size (line 1): expected a whole number, got \"64\"",
        "batch: {size: } | batch.size (line 1): expected a whole number, got nothing",
        "batch: 64 | batch (line 1): expected a group of keys (size, accumulation,"
            + " recompute-activations, sampling), got 64",
        "optimizer: {rate: fast} | optimizer.rate (line 1): expected a number, got fast",
        "optimizer: {rate: .inf} | optimizer.rate (line 1): expected a number, got .inf",
        "optimizer: {rate: 1e999} | optimizer.rate (line 1): expected a number, got 1e999",
        "optimizer: {rate: [1]} | optimizer.rate (line 1): expected a number, got a list",
        "optimizer: {rule: adam} | optimizer.rule (line 1): expected one of adamw, sgd, lamb, got"
            + " adam",
        "augmentation: {flip: yes} | augmentation.flip (line 1): expected true or false, got yes",
        "division: {depths: 4} | division.depths (line 1): expected a list of whole numbers such as"
            + " [1, 3, 1, 1], got 4",
        "division: {depths: [a]} | division.depths (line 1): expected a list of whole numbers such"
            + " as [1, 3, 1, 1], got a",
        "division: {depths: [1.5]} | division.depths (line 1): expected a list of whole numbers"
            + " such as [1, 3, 1, 1], got 1.5",
        "local: {lambda1: 5} | local.lambda1 (line 1): expected a list of numbers such as [0.5, 1],"
            + " got 5",
        "local: {lambda2: [1, x]} | local.lambda2 (line 1): expected a list of numbers such as"
            + " [0.5, 1], got x",
        "incubation: {start: warm} | incubation.start (line 1): expected one of random, stacked,"
            + " grown, got warm",
        "incubation: {meta: fixed} | incubation.meta (line 1): expected one of pretrained-fixed,"
            + " pretrained-tunable, random-tunable, got fixed",
        "meta: {epochs: equal} | meta.epochs (line 1): expected a whole number (only"
            + " end-to-end.epochs may be equal), got equal",
        "end-to-end: {epochs: same} | end-to-end.epochs (line 1): expected a whole number or equal,"
            + " got same",
        "end-to-end: {epochs: -1, warm-up-epochs: 0} | end-to-end.epochs (line 1): expected a whole"
            + " number of at least 0, got -1",
        "name: | name (line 1): expected text, got nothing",
        "name: {a: b} | name (line 1): expected text, got a group of keys"
      })
  void namesValuesOfAWrongType(String yaml, String problem) {
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> parse(yaml))
        .withMessage("Cannot use recipe test.yaml: " + problem);
  }

  @Test
  void reportsKeysTypesAndRangesTogether() {
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> parse("sed: 1\nseed: x\nbatch:\n  size: 0\nmeta: {epochs: -1}"))
        .withMessage(
            "Cannot use recipe test.yaml: sed (line 1): unknown key, did you mean seed?;"
                + " seed (line 2): expected a whole number, got x;"
                + " batch.size (line 4): expected a whole number of at least 1, got 0;"
                + " meta.epochs (line 5): expected a whole number of at least 0, got -1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model: {width: 10 | expected YAML, got in line 1",
        "a: 'x | expected YAML, got in line 1",
        "- 1 | expected keys and values, such as seed: 1",
        "seed: 1\\nseed: 2 | expected each key once, got seed twice (line 2)",
        "a: &x {b: 1}\\nmeta: *x | expected YAML",
        "a: &x [*x] | expected YAML",
        "extends: [a] | expected extends (line 1) to name a recipe or a file, got a list"
      })
  void refusesWhatIsNoRecipe(String yaml, String problem) {
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> parse(yaml.replace("\\n", "\n")))
        .withMessageStartingWith("Cannot read recipe test.yaml: ")
        .withMessageContaining(problem);
  }

  @Test
  void overridesKeys() {
    Recipe recipe =
        RecipeYaml.parse(
            "fine-tuning: {epochs: 9, clip-norm: 2}",
            "test.yaml",
            List.of(
                "fine-tuning.epochs=5",
                "optimizer.rate=1e-3",
                "division.depths=[7, 8, 8, 9]",
                "precision=fp32",
                "local.lambda1=[1,0]",
                "incubation.start=stacked",
                "name=a=b",
                "seed=1",
                "seed=2"));

    assertThat(recipe.fineTuning().epochs()).isEqualTo(5);
    assertThat(recipe.fineTuning().clipNorm()).isEqualTo(2);
    assertThat(recipe.optimizer().rate()).isEqualTo(1e-3);
    assertThat(recipe.division().depths()).containsExactly(7, 8, 8, 9);
    assertThat(recipe.local()).isEqualTo(new LocalRecipe(List.of(1.0, 0.0), List.of(0.05, 1.0)));
    assertThat(recipe.incubation().start()).isEqualTo(Start.STACKED);
    assertThat(recipe.precision()).isEqualTo(Precision.FP32);
    assertThat(recipe.name()).isEqualTo("a=b");
    assertThat(recipe.seed()).isEqualTo(2);
  }

  @Test
  void checksOverrides() {
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(
            () ->
                RecipeYaml.override(
                    Recipes.defaults(),
                    List.of("fine-tuning.epocs=5", "batch.size=many", "seed.x=1")))
        .withMessage(
            "Cannot use recipe deit:"
                + " fine-tuning.epocs (--set): unknown key, did you mean fine-tuning.epochs?;"
                + " seed (--set): expected a whole number, got a group of keys;"
                + " batch.size (--set): expected a whole number, got many");
  }

  @ParameterizedTest
  @ValueSource(strings = {"epochs", "=5", ""})
  void refusesOverridesWithoutAKeyOrAValue(String override) {
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> RecipeYaml.override(Recipes.defaults(), List.of(override)))
        .withMessageContaining("expected KEY=VALUE, such as fine-tuning.epochs=5");
  }

  @Test
  void refusesOverridesThatAreNoYaml() {
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> RecipeYaml.override(Recipes.defaults(), List.of("division.depths=[1")))
        .withMessage("Cannot override division.depths=[1: expected a value in YAML, got [1");
  }

  @Test
  void makesATreeOfPlainValues() {
    Map<String, Object> tree = RecipeYaml.tree(EVERYTHING);

    assertThat(tree)
        .containsEntry("precision", "bf16")
        .containsEntry("ema", Map.of("decay", 0.99, "warm-up", false));
    assertThat(tree.keySet())
        .startsWith("name", "seed", "precision", "model")
        .contains("end-to-end");
  }

  @Test
  void asksForNoPairsOfImagesWhereDenseTasksMixNone() {
    Recipe recipe =
        parse("batch: {size: 9}\ntransfer: {task: segmentation, workers: 3}\nscene: {crop: 32}");

    assertThat(recipe.augmentation().mixup()).isPositive();
    assertThat(recipe.batchUnit(3)).isEqualTo(3);
  }

  @Test
  void checksWhatDetectionAsksFor() {
    String task = "transfer: {task: detection}\n";

    assertThat(parse(task + "scene: {crop: 0, most-ratio: 1, least-ratio: 1}").scene().crop())
        .isZero();
    assertThatThrownBy(
            () ->
                parse(
                    task
                        + "model: {patch: 1}\n"
                        + "scene: {crop: 0}\n"
                        + "detection: {taps: [1, 2, 3, 4], levels: 6, regions: 8, foreground: 9}"))
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining(
            "detection.taps (line 4): expected the last of them to be the last layer, 32, got"
                + " [1, 2, 3, 4]")
        .hasMessageContaining(
            "model.patch (line 2): expected an even side, from 12 on a multiple of 4, for"
                + " detection, got 1")
        .hasMessageContaining("detection.levels (line 4): expected at most 5, got 6")
        .hasMessageContaining(
            "detection.foreground (line 4): expected at most detection.regions, 8, got 9")
        .hasMessageContaining(
            "scene.most-ratio: expected at most 1 where scene.crop is 0: whole images stay within"
                + " scene.long-side, got 2.0");
  }

  @Test
  void keepsTheWordForEpochsOfEqualCost() {
    Recipe equal = RecipeYaml.override(EVERYTHING, List.of("end-to-end.epochs=equal"));

    assertThat(equal.endToEnd().epochs()).isEqualTo(Epochs.EQUAL);
    assertThat(equal.endToEnd().stage(() -> 3))
        .isEqualTo(new StageRecipe(3, 3, 0.04, 8, 5, new BestRecipe("ece", 0.04, 5, 6), 1));
    assertThat(RecipeYaml.toYaml(equal)).contains("epochs: equal");
    assertThat(parse(RecipeYaml.toYaml(equal))).isEqualTo(equal);
    assertThat(RecipeYaml.ofTree(RecipeYaml.tree(equal), "run.json")).isEqualTo(equal);
    assertThat(equal).isNotEqualTo(EVERYTHING).doesNotHaveSameHashCodeAs(EVERYTHING);
  }

  @Test
  void digestsWhatDecides() {
    String digest = RecipeYaml.digest(EVERYTHING);

    assertThat(digest).hasSize(64).isEqualTo(RecipeYaml.digest(parse(EVERY_KEY)));
    assertThat(RecipeYaml.digest(RecipeYaml.override(EVERYTHING, List.of("seed=1"))))
        .isNotEqualTo(digest);
  }

  private static Recipe parse(String yaml) {
    return RecipeYaml.parse(yaml, "test.yaml", List.of());
  }

  /** Makes sure that a test of all keys would notice one that is not read. */
  private static void assertEveryComponentDiffers(Record one, Record other) {
    for (RecordComponent component : one.getClass().getRecordComponents()) {
      Object value = value(component, one);
      if (value instanceof Record inner) {
        assertEveryComponentDiffers(inner, (Record) value(component, other));
      } else if (!NOT_WITH_OTHERS.contains(component.getName())) {
        assertThat(value).as("%s", component).isNotEqualTo(value(component, other));
      }
    }
  }

  private static Object value(RecordComponent component, Record facts) {
    try {
      return component.getAccessor().invoke(facts);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("Cannot read " + component, e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"name: \"\\u", "name: \"\\UFFFFFFFF\""})
  void refusesEscapesThatAreCutOff(String yaml) {
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> RecipeYaml.parse(yaml, "odd.yaml", List.of()))
        .withMessageStartingWith("Cannot read recipe odd.yaml: expected YAML");
  }

  @Test
  void refusesGroupsThatAreDeeperThanAnythingOfARecipe() {
    String deep = "[".repeat(100_000);
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> RecipeYaml.parse("model: " + deep, "deep.yaml", List.of()))
        .withMessage(
            "Cannot read recipe deep.yaml: expected YAML: groups at most 16 deep, got deeper ones");
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> RecipeYaml.parse("seed: 1", "deep.yaml", List.of("seed=" + deep)))
        .withMessageStartingWith("Cannot override seed=[[");
  }
}
