package io.deepincubation.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.run.CheckpointPolicy;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.testing.TinyRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MethodsTest {

  @TempDir private Path folder;

  private final Recipe recipe = TinyRuns.recipe(2);

  @ParameterizedTest
  @ValueSource(strings = {"deep-incubation", "imitation", "dgl", "infopro", "e2e", "staged-e2e"})
  void everyMethodEndsInTheTargetModelWithoutAuxiliaryNetworks(String name) {
    for (Recipe trained : List.of(recipe, StageBytes.resnet())) {
      Path place = folder.resolve(trained.model().family());
      RunContext context = TinyRuns.context(place, trained);
      Method method = Methods.named(name);

      StageResult model = TinyRuns.run(method, context, trained, 2).run().model();

      List<Weights> weights = context.folder().weights(model);
      assertThat(weights).hasSize(trained.division().modules());
      for (int i = 0; i < weights.size(); i++) {
        assertThat(weights.get(i).tensors().keySet())
            .containsExactlyElementsOf(
                context.architecture().parameters(trained.targetDivision(), i).stream()
                    .map(ParameterSpec::name)
                    .toList());
      }
      assertThat(model.measuredAccuracy()).isPresent();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dgl", "infopro"})
  void localTrainingTellsTheAccuracyOfEachHead(String name) {
    RunContext context = TinyRuns.context(folder, recipe);

    StageResult model = TinyRuns.run(Methods.named(name), context, recipe, 2).run().model();

    Metrics measured = Objects.requireNonNull(model.metrics(), "metrics");
    assertThat(measured.values()).containsKeys("top1", "log-loss", "head.0.top1", "head.0.ece");
    assertThat(measured.primary()).isEqualTo("top1");
    assertThat(measured.value()).isEqualTo(model.accuracy());
    assertThat(measured.value("head.0.top1")).isBetween(0.2, 1.);
    List<MetricsLine> lines = context.folder().metrics(model.stage());
    MetricsLine last = lines.get(lines.size() - 1);
    assertThat(last.top1()).isEqualTo(model.accuracy());
    assertThat(last.metrics()).isEqualTo(measured.values());
  }

  @Test
  void linesOfAMeasurementHaveTheAccuracyAndAllMeasures() throws IOException {
    RunContext context = TinyRuns.context(folder, recipe);
    StageResult model = TinyRuns.run(new EndToEnd(), context, recipe, 2).run().model();

    assertThat(folder.resolve(model.stage()).resolve("metrics.jsonl"))
        .content()
        .contains("\"top1\":")
        .contains("\"metrics\":{\"top1\":")
        .contains("\"log-loss\":");
  }

  @Test
  void imitationSharesTheMetaModelOfDeepIncubation() {
    StageResult meta =
        TinyRuns.incubate(TinyRuns.context(folder, recipe), recipe, 1).stage(Stages.META);
    Set<String> trained = new LinkedHashSet<>();
    RunContext again = TinyRuns.context(folder, recipe, progress -> trained.add(progress.stage()));

    IncubationReport imitation = TinyRuns.run(new Imitation(), again, recipe, 1).run();

    assertThat(imitation.stage(Stages.META)).isEqualTo(meta);
    assertThat(trained)
        .containsExactly(
            "baselines/imitation/modules/0",
            "baselines/imitation/modules/1",
            "baselines/imitation/final");
  }

  @Test
  void anImitatedLastModuleKeepsTheMetaModelsNormAndHead() {
    RunContext context = TinyRuns.context(folder, recipe);
    IncubationReport report = TinyRuns.run(new Imitation(), context, recipe, 1).run();

    Weights meta = context.folder().weights(report.stage(Stages.META)).get(1);
    Weights last = context.folder().weights(report.modules().get(1)).get(0);
    for (String name : List.of("norm.weight", "norm.bias", "head.weight", "head.bias")) {
      assertThat(last.tensor(name).values()).as(name).isEqualTo(meta.tensor(name).values());
    }
  }

  @Test
  void aTunableMetaModelStaysAsItIsAndEachRunKeepsOneModule() {
    Recipe tunable = RecipeYaml.override(recipe, List.of("incubation.meta=pretrained-tunable"));
    RunContext context = TinyRuns.context(folder.resolve("tunable"), tunable);
    IncubationReport report = TinyRuns.incubate(context, tunable, 1);
    IncubationReport fixed =
        TinyRuns.incubate(TinyRuns.context(folder.resolve("fixed"), recipe), recipe, 1);

    assertThat(report.stage(Stages.META).sha256()).isEqualTo(fixed.stage(Stages.META).sha256());
    List<Weights> assembled = context.folder().weights(report.stage(Stages.ASSEMBLED));
    for (int i = 0; i < TinyRuns.MODULES; i++) {
      StageResult module = report.modules().get(i);
      assertThat(module.shards()).hasSize(1);
      assertThat(module.sha256()).isNotEqualTo(fixed.modules().get(i).sha256());
      Weights kept = context.folder().weights(module).get(0);
      assertThat(sameValues(kept, assembled.get(i))).isTrue();
    }
  }

  private static boolean sameValues(Weights one, Weights other) {
    return one.tensors().entrySet().stream()
        .allMatch(
            tensor ->
                Arrays.equals(tensor.getValue().values(), other.tensor(tensor.getKey()).values()));
  }

  @Test
  void aRandomMetaModelCostsNothing() {
    Recipe random = RecipeYaml.override(recipe, List.of("incubation.meta=random-tunable"));
    IncubationReport report = TinyRuns.incubate(TinyRuns.context(folder, random), random, 1);

    StageResult meta = report.stage(Stages.META);
    assertThat(meta.trainingFlops()).isZero();
    assertThat(meta.steps()).isZero();
    assertThat(report.modules()).allSatisfy(module -> assertThat(module.steps()).isPositive());
  }

  @Test
  void beforeTrainingGrownHybridsAndTheirAssemblyAreWorthTheMetaModel() {
    for (Recipe trained : List.of(recipe, StageBytes.resnet())) {
      Recipe grown =
          RecipeYaml.override(trained, List.of("incubation.start=grown", "incubation.epochs=0"));
      Path place = folder.resolve(grown.model().family());
      IncubationReport report = TinyRuns.incubate(TinyRuns.context(place, grown), grown, 1);

      StageResult meta = report.stage(Stages.META);
      assertThat(report.modules())
          .allSatisfy(module -> assertThat(module.accuracy()).isEqualTo(meta.accuracy()))
          .allSatisfy(module -> assertThat(module.sha256()).isNotEqualTo(meta.sha256()));
      assertThat(report.stage(Stages.ASSEMBLED).accuracy()).isEqualTo(meta.accuracy());
    }
  }

  @Test
  void stagedTrainingRestartsTheRateAndCostsWhatItTakesThePlaceOf() {
    RunContext context = TinyRuns.context(folder, recipe);
    IncubationReport staged = TinyRuns.run(new StagedEndToEnd(), context, recipe, 1).run();
    var cost = new TrainingCost(context.architecture(), 96);
    List<Stage> ours = new DeepIncubation().stages(recipe);
    double replaced = cost.of(ours.subList(0, ours.size() - 1)).computed();
    Stage first = new StagedEndToEnd().stages(recipe).get(0);
    double epoch = cost.of(first).computed() / first.schedule().epochs();

    assertThat(cost.of(first).computed()).isCloseTo(replaced, within(epoch / 2));
    List<MetricsLine> tuning = context.folder().metrics(staged.model().stage());
    double base = 0.1 * 16 / 512;
    assertThat(tuning.get(0).rate()).isCloseTo(base, within(1e-9));
    List<MetricsLine> before = context.folder().metrics(first.name());
    assertThat(before.get(before.size() - 1).rate()).isLessThan(base / 5);
  }

  @Test
  void localTrainingBeginsAsEndToEndTrainingDoes() {
    Stage endToEnd = new EndToEnd().stages(recipe).get(0);
    for (Method method : List.of(new Dgl(), new InfoPro())) {
      Stage local = method.stages(recipe).get(0);
      assertThat(local.start()).isEqualTo(endToEnd.start());
      assertThat(local.draws()).isEqualTo(endToEnd.draws());
      assertThat(local.schedule()).isEqualTo(endToEnd.schedule());
    }
  }

  @Test
  void toIncubateAModuleAgainIsToDeleteItsResult() {
    RunContext context = TinyRuns.context(folder, recipe);
    IncubationReport first = TinyRuns.incubate(context, recipe, 1);
    context.folder().storage().delete("modules/1");
    Set<String> trained = new LinkedHashSet<>();
    RunContext again = TinyRuns.context(folder, recipe, progress -> trained.add(progress.stage()));

    IncubationReport second = TinyRuns.incubate(again, recipe, 1);

    assertThat(trained).containsExactly("modules/1");
    assertThat(second.modules().get(1).sha256()).isEqualTo(first.modules().get(1).sha256());
    assertThat(second.model()).isEqualTo(first.model());
  }

  @Test
  void aFolderIsRefusedOnlyWhereAStageThatIsNeededDiffers() {
    TinyRuns.incubate(TinyRuns.context(folder, recipe), recipe, 1);
    Recipe other = RecipeYaml.override(recipe, List.of("fine-tuning.epochs=3"));
    MethodRun run = TinyRuns.run(new DeepIncubation(), TinyRuns.context(folder, other), other, 1);

    assertThat(run.run(stage -> stage.module().isPresent()).stages()).hasSize(TinyRuns.MODULES);
    assertThatThrownBy(run::run)
        .isInstanceOf(RecipeException.class)
        .hasMessage(
            "Cannot use the run folder %1$s: its stage final was trained otherwise:"
                + " fine-tuning.epochs is 2 there and 3 here; delete %1$s/final to train it anew,"
                + " or choose another --run",
            folder);
    Recipe shorter = RecipeYaml.override(recipe, List.of("end-to-end.epochs=1"));
    assertThat(TinyRuns.incubate(TinyRuns.context(folder, shorter), shorter, 1).stages())
        .hasSize(5);
  }

  @Test
  void halfTrainedStateOfAnotherStageIsRefusedAndNotGoneOnWith() {
    RunContext stopped =
        TinyRuns.context(
            folder,
            recipe,
            progress -> {
              if (progress.step() == 8) {
                throw new IllegalStateException("stopped");
              }
            });
    var everyStep =
        new RunContext(
            stopped.architecture(),
            stopped.data(),
            new RunFolder(new LocalStorage(folder), CheckpointPolicy.steps(1)),
            stopped.observer());
    assertThatThrownBy(() -> TinyRuns.incubate(everyStep, recipe, 1)).hasMessage("stopped");
    Recipe other = RecipeYaml.override(recipe, List.of("meta.warm-up-epochs=1", "seed=9"));

    assertThatThrownBy(() -> TinyRuns.incubate(TinyRuns.context(folder, other), other, 1))
        .isInstanceOf(RecipeException.class)
        .hasMessage(
            "Cannot use the run folder %1$s: its stage meta has begun to be trained otherwise:"
                + " meta.warm-up-epochs is 0 there and 1 here, seed is 7 there and 9 here; delete"
                + " %1$s/checkpoints/meta to train it anew, or choose another --run",
            folder);
  }

  @ParameterizedTest
  @CsvSource({
    "meta, b536568f7ca2862f34a12664beeaa8b8fa9ff92df5001af23af1a3e229bc3343",
    "modules/1, 959f1ea266438b8444043c8380a307e995433c81c936c04d913f5d271d0ef93e",
    "final, 827893fe160d52211b2f5426c997d0ee7c3f8d85e4a2067accc24671488d96c8",
    "baselines/e2e, fe4eb819f6b79deb49c8efc5ada5d22d5641c42e231bce9b32fcc2382e2eb4e0",
    "baselines/infopro, ef7b49d8bb9d6f0121a2c6fbed1a2ab61df1abae9d2b1fe237edff526a4350e3",
    "baselines/imitation/modules/0,"
        + " dcbd37acba1813277f2dfd3a1e5636c243d7a1735999df58c729797dc1fa4a0c"
  })
  void keysOfStagesStayWhatTheyAre(String stage, String sha256) {
    var inputs = new RunInputs("test", null);
    assertThat(Methods.stage(recipe, stage).orElseThrow().key(inputs).sha256()).isEqualTo(sha256);
  }

  @Test
  void aFolderOfTheFirstVersionIsReadByTheRecipeThatItKept() throws IOException {
    IncubationReport first = TinyRuns.incubate(TinyRuns.context(folder, recipe), recipe, 1);
    asOfTheFirstVersion(first);
    Set<String> trained = new LinkedHashSet<>();
    RunContext again = TinyRuns.context(folder, recipe, progress -> trained.add(progress.stage()));

    IncubationReport second = TinyRuns.incubate(again, recipe, 1);

    assertThat(trained).isEmpty();
    assertThat(second.model().sha256()).isEqualTo(first.model().sha256());
    Recipe other = RecipeYaml.override(recipe, List.of("seed=8"));
    assertThatThrownBy(() -> TinyRuns.incubate(TinyRuns.context(folder, other), other, 1))
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining("its stage meta was trained otherwise: seed is 7 there and 8 here");
  }

  /** Results without keys, and a record of a recipe that lacks what was added since. */
  private void asOfTheFirstVersion(IncubationReport report) throws IOException {
    for (StageResult result : report.stages()) {
      Path file = folder.resolve(result.stage()).resolve("result.json");
      JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
      json.remove("key");
      json.remove("computedFlops");
      Files.writeString(file, json.toString());
    }
    var tree = new LinkedHashMap<>(RecipeYaml.tree(recipe));
    tree.remove("local");
    var incubation = new LinkedHashMap<>(RecipeYaml.tree(recipe.incubation()));
    incubation.remove("start");
    incubation.remove("meta");
    tree.put("incubation", incubation);
    JsonObject record = new JsonObject();
    record.addProperty("formatVersion", 1);
    record.addProperty("recipeName", recipe.name());
    record.add("recipe", new Gson().toJsonTree(tree));
    record.addProperty("dataDigest", "test");
    for (String text : List.of("recipeDigest", "dataUri", "createdAt")) {
      record.addProperty(text, text);
    }
    record.add("versions", new JsonObject());
    record.add("threads", new JsonObject());
    Files.writeString(folder.resolve("run.json"), record.toString());
  }

  @Test
  void aRecipeKeyAtItsDefaultIsInNoKey() {
    var inputs = new RunInputs("test", null);
    Stage module = Methods.stage(recipe, "modules/0").orElseThrow();

    assertThat(module.key(inputs).facts())
        .containsEntry("seed", "7")
        .containsEntry("incubation.epochs", "2")
        .containsEntry("start.0", "fresh for target")
        .doesNotContainKeys(
            "optimizer.beta1", "incubation.start", "local.lambda1", "incubation.warm-up-epochs");
  }

  @Test
  void namesWhatItKnows() {
    assertThat(Methods.names())
        .containsExactly("deep-incubation", "imitation", "dgl", "infopro", "e2e", "staged-e2e");
    assertThatThrownBy(() -> Methods.named("greedy"))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("Cannot train by method greedy: expected one of [deep-incubation,");
  }

  @Test
  void stagesOfOneRunHaveNamesOfTheirOwnAndNeedOnlyEarlierOnes() {
    for (Method method : Methods.all()) {
      List<Stage> stages = method.stages(recipe);
      assertThat(stages).extracting(Stage::name).doesNotHaveDuplicates();
      IntStream.range(0, stages.size())
          .forEach(i -> assertThat(stages.subList(0, i)).containsAll(stages.get(i).needs()));
    }
    Stream<Stage> all = Methods.all().stream().flatMap(method -> method.stages(recipe).stream());
    assertThat(new ArrayList<>(Methods.stages(recipe)))
        .extracting(Stage::name)
        .containsExactlyElementsOf(all.map(Stage::name).distinct().toList());
  }
}
