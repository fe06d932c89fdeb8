package io.deepincubation.core.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.advice.RecipeDraft.Base;
import io.deepincubation.core.data.set.ImageSizes;
import io.deepincubation.core.method.EqualCost;
import io.deepincubation.core.recipe.Epochs;
import io.deepincubation.core.recipe.IncubationRecipe.Start;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.core.recipe.UsageException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeDraftTest {

  private static final ImageSet CIFAR = new ImageSet(10_000, 100, ImageSizes.of(32, 32));
  private static final ImageSet PHOTOS =
      new ImageSet(2_040, 102, new ImageSizes(256, 500, 256, 500));
  private static final Base VIT = base("cifar100-small", false);

  private static Base base(String name, boolean keepsNetwork) {
    return new Base(name, Recipes.named(name), keepsNetwork);
  }

  @ParameterizedTest
  @CsvSource({"6e12", "12e12", "138e12", "2e15", "4e16"})
  void costsItsBudget(double budget) {
    for (ImageSet set : List.of(CIFAR, PHOTOS)) {
      RecipeDraft draft = RecipeDraft.of(VIT, set, List.of(), budget);

      assertThat(EqualCost.deviation(draft.total().computed(), budget))
          .isCloseTo(0, within(EqualCost.TOLERANCE));
      assertThat(draft.recipe().endToEnd().epochs()).isEqualTo(Epochs.EQUAL);
      double epochs = RecipeAdvice.epochs(cost(set), draft.recipe(), budget);
      assertThat(EqualCost.deviation(draft.endToEnd().computed(), draft.total().computed()))
          .isCloseTo(0, within(0.55 / epochs));
    }
  }

  private static EqualCost cost(ImageSet set) {
    return new EqualCost(set.images(), set.classes());
  }

  @Test
  void writesAboutTheRecipeThatWasMeasuredForItsBudget() {
    RecipeDraft draft = RecipeDraft.of(VIT, CIFAR, List.of(), 138e12);
    Recipe measured = Recipes.named("cifar100-small");

    assertThat(draft.recipe().model()).isEqualTo(measured.model());
    assertThat(draft.recipe().batch()).isEqualTo(measured.batch());
    assertThat(draft.recipe().optimizer()).isEqualTo(measured.optimizer());
    assertThat(draft.recipe().augmentation()).isEqualTo(measured.augmentation());
    assertThat(draft.recipe().incubation().start()).isEqualTo(Start.RANDOM);
    assertThat(draft.recipe().incubation().epochs()).isBetween(20, 24);
    assertThat(draft.recipe().fineTuning().epochs()).isBetween(12, 16);
    assertThat(draft.verdict().pays()).isTrue();
  }

  @Test
  void growsModulesOfFewerLayersWhereTheBudgetIsSmall() {
    var set = new ImageSet(5_000, 10, ImageSizes.of(32, 32));
    RecipeDraft draft = RecipeDraft.of(VIT, set, List.of(), 11.7e12);

    assertThat(RecipeDraft.words(draft.recipe())).startsWith("ViT, 12 layers of 96 in 4 modules");
    assertThat(draft.recipe().incubation().start()).isEqualTo(Start.GROWN);
    assertThat(draft.recipe().meta().epochs()).isBetween(21, 27);
    assertThat(draft.verdict().pays()).isTrue();
    assertThat(draft.reasons()).anyMatch(line -> line.startsWith("Modules begin grown: "));
  }

  @Test
  void advisesEndToEndTrainingWhereTheBudgetIsSmaller() {
    RecipeDraft draft = RecipeDraft.of(VIT, CIFAR, List.of(), 2e12);

    assertThat(draft.recipe().model().width()).isEqualTo(64);
    assertThat(draft.verdict().advice()).isEqualTo("end-to-end");
  }

  @Test
  void cropsLargerImagesAndBatchesFewOnes() {
    RecipeDraft draft = RecipeDraft.of(VIT, PHOTOS, List.of(), 138e12);

    assertThat(draft.recipe().augmentation().resizedCrop()).isTrue();
    assertThat(draft.recipe().augmentation().cropPadding()).isZero();
    assertThat(draft.recipe().model().image()).isEqualTo(128);
    assertThat(draft.recipe().model().patch()).isEqualTo(16);
    assertThat(draft.recipe().batch().size()).isEqualTo(64);
    assertThat(draft.recipe().optimizer().rate() * 64 / 512).isCloseTo(1e-3, within(1e-9));
  }

  @Test
  void keepsWhatIsGiven() {
    List<String> given =
        List.of(
            "model.width=60",
            "meta.epochs=30",
            "batch.size=50",
            "incubation.start=stacked",
            "end-to-end.epochs=9",
            "name=mine");

    RecipeDraft draft = RecipeDraft.of(VIT, CIFAR, given, 60e12);

    assertThat(draft.recipe()).isEqualTo(RecipeYaml.override(draft.recipe(), given));
    assertThat(draft.recipe().model().heads()).isEqualTo(1);
    assertThat(draft.total().computed()).isCloseTo(60e12, within(2e12));
  }

  @Test
  void keepsTheNetworkOfARecipeThatIsNamed() {
    Base base = base("deit-tiny-32-cifar100", true);

    Recipe recipe = RecipeDraft.of(base, CIFAR, List.of(), 4e15).recipe();

    assertThat(recipe.model().width()).isEqualTo(192);
    assertThat(recipe.model().depth()).isEqualTo(32);
    assertThat(recipe.optimizer()).isEqualTo(base.recipe().optimizer());
    assertThat(recipe.augmentation()).isEqualTo(base.recipe().augmentation());
    assertThat(recipe.batch().effectiveSize()).isEqualTo(128); // 19 steps an epoch of its own
    var larger = new ImageSet(50_000, 100, CIFAR.sizes());
    assertThat(RecipeDraft.of(base, larger, List.of(), 2e16).recipe().batch())
        .isEqualTo(base.recipe().batch());
  }

  @Test
  void draftsResidualNetworks() {
    Base base = base("resnet-110-cifar100", false);

    RecipeDraft draft = RecipeDraft.of(base, PHOTOS, List.of(), 200e12);

    assertThat(draft.recipe().model().image()).isEqualTo(64);
    assertThat(draft.recipe().model().depth()).isEqualTo(27);
    assertThat(draft.recipe().division().modules()).isEqualTo(3);
    assertThat(RecipeDraft.words(draft.recipe())).startsWith("ResNet, 27 layers of ");
  }

  @Test
  void isWrittenAsAFileThatReadsBack() {
    for (Base base : List.of(VIT, base("resnet-110-cifar100", false), base("quickstart", true))) {
      RecipeDraft draft = RecipeDraft.of(base, PHOTOS, List.of("seed=4"), 138e12);

      String yaml = draft.yaml(List.of("A head.", ""));

      assertThat(yaml).startsWith("# A head.\n#\nextends: " + base.extending() + "\nseed: 4");
      assertThat(yaml).contains("\nmodel:\n", "  epochs: equal         # as many as cost");
      assertThat(RecipeYaml.parse(yaml, base.recipe().name() + ".yaml", List.of()))
          .isEqualTo(draft.recipe());
    }
  }

  @Test
  void refusesABudgetThatHoldsNoEpochs() {
    assertThatThrownBy(() -> RecipeDraft.of(VIT, CIFAR, List.of(), 1e11))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("Cannot write a recipe: expected a budget of at least ")
        .hasMessageContaining("got 100 GFLOP");
  }

  @Test
  void refusesWhatFitsNoRecipe() {
    assertThatThrownBy(() -> RecipeDraft.of(VIT, CIFAR, List.of("model.depth=7"), 1e14))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("expected a --depth that 2, 3 or 4 modules divide evenly, got 7");
    assertThatThrownBy(() -> RecipeDraft.of(VIT, CIFAR, List.of("model.dept=8"), 1e14))
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining("did you mean model.depth?");
    assertThatThrownBy(() -> RecipeDraft.of(VIT, CIFAR, List.of("depth"), 1e14))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("expected KEY=VALUE");
  }
}
