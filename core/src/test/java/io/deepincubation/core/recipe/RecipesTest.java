package io.deepincubation.core.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.network.DetectionHead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RecipesTest {

  @ParameterizedTest
  @MethodSource("io.deepincubation.core.recipe.Recipes#names")
  void bringsRecipesThatCheckClean(String name) {
    Recipe recipe = Recipes.named(name);

    assertThat(recipe.name()).isEqualTo(name);
    assertThat(recipe.targetDivision().moduleCount())
        .isEqualTo(recipe.metaDivision().moduleCount());
    assertThat(Recipes.text(name)).startsWith("# ").contains("# Command:", "# Hardware:");
  }

  @ParameterizedTest
  @CsvSource({
    "deit-tiny-32-cifar100, 32, 192, 3, 4, 32, 4, 512",
    "deit-tiny-128-cifar100, 128, 192, 3, 4, 32, 4, 512",
    "deit-tiny-256-cifar100, 256, 192, 3, 4, 32, 8, 512",
    "vit-b-imagenet, 12, 768, 12, 16, 224, 4, 2048",
    "vit-b-dn-imagenet, 24, 540, 9, 16, 224, 4, 2048",
    "vit-l-imagenet, 24, 1024, 16, 16, 224, 4, 2048",
    "vit-h-imagenet, 32, 1280, 16, 14, 224, 4, 2048"
  })
  void hasThePapersNetworks(
      String name, int depth, int width, int heads, int patch, int image, int modules, int batch) {
    Recipe recipe = Recipes.named(name);

    assertThat(recipe.model())
        .isEqualTo(new ModelRecipe("vit", depth, width, heads, patch, image, 0, Map.of()));
    assertThat(recipe.division().modules()).isEqualTo(modules);
    assertThat(recipe.batch().effectiveSize()).isEqualTo(batch);
    assertThat(recipe.optimizer()).isEqualTo(Recipes.defaults().optimizer());
  }

  @ParameterizedTest
  @CsvSource({
    "deit-tiny-32-cifar100, 200, 200, 100, 400, 0.1",
    "vit-b-imagenet, 300, 100, 100, 300, 0.1",
    "vit-l-imagenet, 300, 100, 100, 300, 0.5",
    "vit-h-imagenet, 300, 100, 100, 300, 0.6"
  })
  void hasThePapersStages(
      String name, int meta, int incubation, int tuning, int endToEnd, double stochasticDepth) {
    Recipe recipe = Recipes.named(name);

    assertThat(recipe.meta()).isEqualTo(new StageRecipe(meta, 20, 0, 0, 1));
    assertThat(recipe.incubation().stage()).isEqualTo(new StageRecipe(incubation, 20, 0.1, 0, 1));
    assertThat(recipe.incubation().start()).isEqualTo(IncubationRecipe.Start.RANDOM);
    assertThat(recipe.incubation().meta()).isEqualTo(IncubationRecipe.MetaModel.PRETRAINED_FIXED);
    assertThat(recipe.fineTuning()).isEqualTo(new StageRecipe(tuning, 0, stochasticDepth, 1, 1));
    assertThat(recipe.endToEnd())
        .isEqualTo(
            new EndToEndRecipe(Epochs.of(endToEnd), 20, stochasticDepth, 0, 1, BestRecipe.NONE, 1));
  }

  @Test
  void writesThePapersDefaultsOut() {
    assertThat(RecipeYaml.tree(Recipes.named("deit-tiny-32-cifar100")))
        .containsAllEntriesOf(withoutName());
  }

  private static Map<String, Object> withoutName() {
    var tree = new LinkedHashMap<>(RecipeYaml.tree(Recipes.defaults()));
    tree.remove("name");
    return tree;
  }

  @Test
  void weighsTheTaskMoreInLocalLossesOfResidualNetworks() {
    assertThat(Recipes.defaults().local().lambda1()).containsExactly(5.0, 0.0);
    assertThat(Recipes.defaults().local().lambda2()).containsExactly(0.05, 1.0);
    assertThat(Recipes.named("resnet-110-cifar100").local())
        .isEqualTo(new LocalRecipe(List.of(5.0, 0.0), List.of(0.5, 1.0)));
  }

  @Test
  void hasASmallRecipeForProcessors() {
    Recipe recipe = Recipes.named("cifar100-small");

    assertThat(recipe.model()).isEqualTo(new ModelRecipe("vit", 24, 96, 3, 8, 32, 0, Map.of()));
    assertThat(recipe.augmentation())
        .isEqualTo(new AugmentationRecipe(4, false, true, 0, 0, 0, 0, 0, 1));
    assertThat(recipe.optimizer().rate() * recipe.batch().effectiveSize() / 512).isEqualTo(1e-3);
    assertThat(recipe.fineTuning()).isEqualTo(new StageRecipe(14, 0, 0, 1, 1));
  }

  @Test
  void hasTheReferencesDetectors() {
    Recipe once = Recipes.named("mask-rcnn-vit-l-coco-1x");
    Recipe thrice = Recipes.named("mask-rcnn-vit-l-coco-3x");

    assertThat(once.scene()).isEqualTo(SceneRecipe.COCO_1X);
    assertThat(thrice.scene()).isEqualTo(SceneRecipe.COCO_3X);
    assertThat(List.of(once.detection(), thrice.detection()))
        .containsOnly(DetectionRecipe.MASK_RCNN);
    assertThat(once.detection().onBackbone()).isEqualTo(DetectionHead.COCO);
    assertThat(once.optimizer().rate() * once.batch().effectiveSize() / 512)
        .isCloseTo(1e-4, within(1e-12));
    assertThat(once.transfer().epochs()).isEqualTo(12);
    assertThat(once.schedule().drops()).containsExactly(8.0 / 12, 11.0 / 12);
    assertThat(thrice.transfer().epochs()).isEqualTo(36);
    assertThat(thrice.schedule().drops()).containsExactly(27.0 / 36, 33.0 / 36);
  }

  @Test
  void hasASmallDetectorForProcessors() {
    Recipe recipe = Recipes.named("facade-detection");

    assertThat(recipe.detection().onBackbone())
        .isEqualTo(new DetectionHead(64, 4, 256, 2, 2, new DetectionHead.Sampling(128, 48, 12)));
    double rate = recipe.optimizer().rate() * recipe.batch().effectiveSize() / 512;
    assertThat(rate).isCloseTo(6e-4, within(1e-9));
    assertThat(rate * recipe.transfer().headRate()).isCloseTo(1e-3, within(1e-6));
  }

  @Test
  void suggestsTheNearestName() {
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> Recipes.named("vit-b-imagnet"))
        .withMessageStartingWith(
            "Cannot find recipe vit-b-imagnet: expected a recipe's name (quickstart, ")
        .withMessageEndingWith("; did you mean vit-b-imagenet?");
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> Recipes.resolve("nowhere/at/all.yaml", List.of()))
        .withMessageStartingWith(
            "Cannot find recipe nowhere/at/all.yaml: expected a file or a recipe's name (")
        .withMessageEndingWith(")");
  }

  @Test
  void resolvesNamesAndFilesWithOverrides(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("mine.yaml");
    Files.writeString(file, "extends: quickstart\nseed: 3\n");

    Recipe mine = Recipes.resolve(file.toString(), List.of("meta.epochs=2"));
    Recipe named = Recipes.resolve("quickstart", List.of("seed=3", "meta.epochs=2", "name=mine"));

    assertThat(mine).isEqualTo(named);
    assertThat(mine.name()).isEqualTo("mine");
  }

  @Test
  void namesTheFileThatIsWrong(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("mine.yaml");
    Files.writeString(file, "sed: 3\n");

    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> Recipes.resolve(file.toString(), List.of()))
        .withMessageStartingWith("Cannot use recipe " + file + ": sed (line 1): unknown key");
  }

  @Test
  void extendsFilesBesideTheExtendingOne(@TempDir Path folder) throws IOException {
    Path inner = Files.createDirectories(folder.resolve("shared/inner"));
    Files.writeString(inner.resolve("base.yaml"), "extends: quickstart\nseed: 3\n");
    Files.writeString(
        folder.resolve("shared/middle.yaml"), "extends: inner/base.yaml\nmeta: {epochs: 4}\n");
    Path mine = folder.resolve("mine.yaml");
    Files.writeString(mine, "extends: shared/middle.yaml\nbatch: {size: 32}\n");

    assertThat(Recipes.resolve(mine.toString(), List.of()))
        .isEqualTo(
            Recipes.resolve(
                "quickstart", List.of("seed=3", "meta.epochs=4", "batch.size=32", "name=mine")));
  }

  @Test
  void takesTheLibrarysRecipeBeforeAFileOfThatName(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("quickstart"), "seed: 5\n");
    Path mine = folder.resolve("mine.yaml");
    Files.writeString(mine, "extends: quickstart\n");

    assertThat(Recipes.resolve(mine.toString(), List.of()).seed()).isZero();
    Files.writeString(mine, "extends: ./quickstart\n");
    assertThat(Recipes.resolve(mine.toString(), List.of()).seed()).isEqualTo(5);
  }

  @Test
  void refusesCyclesAndNamesThem(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("first.yaml"), "extends: a.yaml\n");
    Files.writeString(folder.resolve("a.yaml"), "seed: 1\nextends: b.yaml\n");
    Files.writeString(folder.resolve("b.yaml"), "# b\n\nextends: ./a.yaml\n");

    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> Recipes.resolve(folder.resolve("first.yaml").toString(), List.of()))
        .withMessage(
            "Cannot read recipe %1$s/b.yaml: expected extends (line 3) to end at a recipe that"
                + " extends none, got the cycle %1$s/a.yaml -> %1$s/b.yaml -> %1$s/a.yaml; take one"
                + " extends out",
            folder);
  }

  @Test
  void namesFileAndLineOfWhatABaseHasWrong(@TempDir Path folder) throws IOException {
    Path mine = folder.resolve("mine.yaml");
    Files.writeString(mine, "extends: base.yaml\n");
    Files.writeString(folder.resolve("base.yaml"), "seed: 1\nsed: 3\n");

    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> Recipes.resolve(mine.toString(), List.of()))
        .withMessageStartingWith("Cannot use recipe " + folder + "/base.yaml: sed (line 2): ");
  }

  @Test
  void namesTheFileThatExtendsNothing(@TempDir Path folder) throws IOException {
    Path mine = folder.resolve("mine.yaml");
    Files.writeString(mine, "seed: 1\nextends: quikstart\n");

    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> Recipes.resolve(mine.toString(), List.of()))
        .withMessageStartingWith(
            "Cannot find recipe quikstart, which "
                + mine
                + " extends (line 2): expected a file or a recipe's name (")
        .withMessageEndingWith("; did you mean quickstart?");
  }
}
