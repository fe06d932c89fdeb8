package io.deepincubation.core.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.deepincubation.core.data.batch.ImageSamples;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.ImageTable;
import io.deepincubation.core.data.set.LabelledImage;
import io.deepincubation.core.method.IncubationReport;
import io.deepincubation.core.method.MethodRun;
import io.deepincubation.core.method.Methods;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.testing.DenseFamily;
import io.deepincubation.core.testing.TinyRuns;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks of a family that a jar on the class path brings. */
class OwnFamilyTest {

  private static final Compute FP32 = new Compute(Device.cpu(), Arithmetic.FP32, 1);

  @TempDir private Path folder;

  private static Recipe recipe(String... overrides) {
    var settings =
        new ArrayList<>(
            List.of(
                "model.family=" + DenseFamily.NAME,
                "model.options.extra=1",
                "incubation.start=random"));
    settings.addAll(List.of(overrides));
    return RecipeYaml.override(TinyRuns.recipe(3), settings);
  }

  @Test
  void isTrainedLoadedAndExportedLikeTheLibrarys() {
    var context = TinyRuns.context(folder, recipe());
    IncubationReport report = TinyRuns.incubate(context, recipe(), 2);
    ImageTable test = ((ImageSamples) context.data().test()).table();

    ModelFolder model = ModelFolder.open(new LocalStorage(folder.resolve("final")));
    new ModelExport(model).timm(new LocalStorage(folder.resolve("exported")), 1000);
    ModelFolder exported = ModelFolder.open(new LocalStorage(folder.resolve("exported")));

    assertThat(model.architecture().inputShape()).isEqualTo(context.architecture().inputShape());
    assertThat(accuracy(model, test)).isEqualTo(report.model().measuredAccuracy().orElseThrow());
    assertThat(accuracy(exported, test)).isEqualTo(accuracy(model, test));
  }

  private static double accuracy(ModelFolder model, ImageTable test) {
    try (var classifier = new Classifier(model, FP32)) {
      List<float[]> images =
          IntStream.range(0, test.size()).mapToObj(i -> values(model, test.image(i))).toList();
      List<float[]> probabilities = classifier.probabilities(images);
      return IntStream.range(0, test.size())
              .filter(i -> largest(probabilities.get(i)) == test.label(i))
              .count()
          / (double) test.size();
    }
  }

  private static float[] values(ModelFolder model, LabelledImage image) {
    var values = new float[(int) model.architecture().inputShape().size()];
    model.transform().write(image.picture(), values, 0);
    return values;
  }

  private static int largest(float[] values) {
    return IntStream.range(0, values.length)
        .reduce((a, b) -> values[a] >= values[b] ? a : b)
        .orElse(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model.family=mlp|expected one of vit, resnet, bert, dense (--jars adds a jar that brings"
            + " others), got mlp",
        "model.width=1|model (--set): expected a model.width of at least 2, got 1",
        "model.options.extra=two|model (--set): expected model.options.extra as a whole number, got"
            + " two",
        "model.options.extra=[2]|model.options.extra (--set): expected text, got a list",
        "incubation.start=grown|expected random for the family dense, whose layers are not told"
            + " apart, got grown",
        "model.family=vit|model.options (--set): expected none for the family vit, got {extra=1}",
      })
  void refusesWhatTheFamilyDoesNotHave(String override, String complaint) {
    assertThatThrownBy(() -> recipe(override))
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining(complaint);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dgl", "imitation"})
  void refusesMethodsThatLookIntoModules(String method) {
    MethodRun run =
        TinyRuns.run(Methods.named(method), TinyRuns.context(folder, recipe()), recipe(), 1);

    assertThatThrownBy(run::run)
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining("got one of the family dense; choose model.family vit or resnet");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void keysOfTheFamilyAreKeysOfTheRecipe() {
    Recipe recipe = recipe("model.options.b=1", "model.options.a=x y");

    assertThat(RecipeYaml.parse(RecipeYaml.toYaml(recipe), "again", List.of())).isEqualTo(recipe);
    assertThat(recipe.model().options().keySet()).containsExactly("a", "b", "extra");
    assertThat(RecipeYaml.digest(recipe)).isNotEqualTo(RecipeYaml.digest(recipe()));
  }

  @Test
  void saysWhichJarAModelLacks() throws Exception {
    TinyRuns.incubate(TinyRuns.context(folder, recipe()), recipe(), 2);
    Path config = folder.resolve("final/config.json");
    String text = Files.readString(config);
    Files.write(config, text.replace("dense", "sparse").getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> ModelFolder.open(new LocalStorage(folder.resolve("final"))))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining(
            "expected a network of one of the families vit, resnet, bert, dense, got sparse; add"
                + " the jar");
  }
}
