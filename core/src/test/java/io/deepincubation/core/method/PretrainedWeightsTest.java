package io.deepincubation.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.testing.TinyRuns;
import io.deepincubation.core.weights.WeightsFolder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PretrainedWeightsTest {

  private static final long ONE_FILE = 1L << 40;

  @TempDir private Path folder;

  private final Recipe recipe =
      RecipeYaml.override(TinyRuns.recipe(1), List.of("initial-weights=file:/pretrained"));
  private final Architecture architecture = Architectures.of(recipe, TinyRuns.CLASSES);
  private final ModularDivision target = recipe.targetDivision();

  /** Keeps a model of the same shape but for its classes. */
  private List<Weights> pretrained(int classes) {
    Architecture other = Architectures.of(recipe, classes);
    List<Weights> modules = other.initialWeights(target, 99, "pretrained");
    WeightsFolder.write(new LocalStorage(folder), modules, ONE_FILE);
    return modules;
  }

  private StartingWeights start() {
    return start(null);
  }

  private StartingWeights start(@Nullable String digest) {
    return StartingWeights.of(recipe, architecture, digest, this::opened);
  }

  private Storage opened(String uri) {
    assertThat(uri).isEqualTo("file:/pretrained");
    return new LocalStorage(folder);
  }

  @Test
  void theTargetModelTakesAllOfThem() {
    List<Weights> modules = pretrained(TinyRuns.CLASSES);

    for (int i = 0; i < target.moduleCount(); i++) {
      assertSame(start().of(target, i, recipe.seed(), "target"), modules.get(i));
    }
  }

  @Test
  void aModuleOfTheMetaModelTakesTheFirstLayersOfItsCounterpart() {
    List<Weights> modules = pretrained(TinyRuns.CLASSES);

    Weights second = start().of(recipe.metaDivision(), 1, recipe.seed(), Stages.META);

    String ours = "blocks.1.attn.qkv.weight";
    String theirs = "blocks." + target.offset(1) + ".attn.qkv.weight";
    assertThat(second.tensor(ours).values()).isEqualTo(modules.get(1).tensor(theirs).values());
    assertThat(second.tensor("head.weight").values())
        .isEqualTo(modules.get(1).tensor("head.weight").values());
  }

  @Test
  void aHeadForOtherClassesBeginsAtRandom() {
    List<Weights> modules = pretrained(TinyRuns.CLASSES + 3);
    int last = target.moduleCount() - 1;

    Weights start = start().of(target, last, recipe.seed(), "target");

    Weights random = StartingWeights.random(architecture).of(target, last, recipe.seed(), "target");
    assertThat(start.tensor("head.weight").values())
        .isEqualTo(random.tensor("head.weight").values());
    assertThat(start.tensor("norm.weight").values())
        .isEqualTo(modules.get(last).tensor("norm.weight").values());
  }

  @Test
  void trainingBeginsWithThem() {
    pretrained(TinyRuns.CLASSES);
    RunContext plain = TinyRuns.context(folder.resolve("run"), recipe);
    var context =
        new RunContext(
            plain.architecture(),
            start(),
            plain.data(),
            plain.folder(),
            plain.outcomes(),
            plain.observer(),
            plain.attempt());

    String begun = metaModel(context);

    RunContext random = TinyRuns.context(folder.resolve("random"), recipe);
    assertThat(begun).isNotEqualTo(metaModel(random));
  }

  private String metaModel(RunContext context) {
    return TinyRuns.run(new DeepIncubation(), context, recipe, 1)
        .run(stage -> stage.name().equals(Stages.META))
        .model()
        .sha256();
  }

  @Test
  void onlyThoseThatTheRunBeganWithAreTaken() {
    List<Weights> modules = pretrained(TinyRuns.CLASSES);
    String begun = WeightsFolder.open(new LocalStorage(folder)).digest();

    assertSame(start(begun).of(target, 1, recipe.seed(), "target"), modules.get(1));

    pretrained(TinyRuns.CLASSES + 3);
    assertThatThrownBy(() -> start(begun).of(target, 1, recipe.seed(), "target"))
        .isInstanceOf(StorageException.class)
        .hasMessage(
            "Cannot trust the weights in %s: expected digest %s, got %s; put those back that the"
                + " run began with, or choose another --run",
            new LocalStorage(folder).uri(),
            begun,
            WeightsFolder.open(new LocalStorage(folder)).digest());
  }

  @Test
  void namesATensorOfAnotherShape() {
    Recipe wide = RecipeYaml.override(recipe, List.of("model.width=32"));
    Architecture wider = Architectures.of(wide, TinyRuns.CLASSES);
    pretrained(TinyRuns.CLASSES);

    assertThatThrownBy(
            () ->
                StartingWeights.of(wide, wider, null, this::opened)
                    .of(target, 0, recipe.seed(), "target"))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot begin with the weights of %s: expected cls_token of shape (1, 1, 32), got shape"
                + " [1, 1, 16]; set initial-weights to a model of the recipe's shape",
            new LocalStorage(folder).uri());
  }

  @Test
  void refusesTensorsThatTheRecipesNetworkHasNoPlaceFor() {
    List<Weights> modules = new ArrayList<>(pretrained(TinyRuns.CLASSES));
    var more = new LinkedHashMap<>(modules.get(0).tensors());
    more.put("blocks.0.ls1.gamma", new Weights.Tensor(List.of(1L), new float[] {1e-5f}));
    more.put("blocks.0.num_batches_tracked", new Weights.Tensor(List.of(), new float[1]));
    modules.set(0, new Weights(more));
    WeightsFolder.write(new LocalStorage(folder), modules, ONE_FILE);

    assertThatThrownBy(() -> start().of(target, 1, recipe.seed(), "target"))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot begin with the weights of %s: expected the tensors of the recipe's network"
                + " alone, got 1 others such as blocks.0.ls1.gamma; set initial-weights to a model"
                + " of the recipe's shape",
            new LocalStorage(folder).uri());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'model_args': {'num_heads': 4}} | expected num_heads 2 in config.json, got 4",
        "{'norm_eps': 1e-5} | expected norm_eps 1.0E-6 in config.json, got 1.0E-5",
        "7 | config.json, which is no configuration: expected a JSON object"
      })
  void refusesAModelThatComputesOtherwise(String configuration, String message) {
    pretrained(TinyRuns.CLASSES);
    configure(configuration);

    assertThatThrownBy(() -> start().of(target, 0, recipe.seed(), "target"))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageStartingWith("Cannot begin with the weights of ")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'model_args': null, 'norm_eps': null}",
        "{'model_args': {'num_heads': 2}, 'norm_eps': 0.000001}"
      })
  void takesAModelWhoseConfigurationFitsOrSaysNothing(String configuration) {
    List<Weights> modules = pretrained(TinyRuns.CLASSES);
    configure(configuration);

    assertSame(start().of(target, 0, recipe.seed(), "target"), modules.get(0));
  }

  private void configure(String configuration) {
    byte[] json = configuration.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    new LocalStorage(folder).write("config.json", stream -> stream.write(json));
  }

  @Test
  void namesAFolderWithoutWeights() {
    assertThatThrownBy(() -> start().of(target, 0, recipe.seed(), "target"))
        .isInstanceOf(StorageException.class)
        .hasMessageStartingWith("Cannot find weights in " + new LocalStorage(folder).uri());
  }

  private static void assertSame(Weights found, Weights wanted) {
    assertThat(found.tensors().keySet()).isEqualTo(wanted.tensors().keySet());
    found
        .tensors()
        .forEach(
            (name, tensor) ->
                assertThat(tensor.values()).as(name).isEqualTo(wanted.tensor(name).values()));
  }
}
