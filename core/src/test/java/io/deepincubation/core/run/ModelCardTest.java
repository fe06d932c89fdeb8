package io.deepincubation.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.machine.MemoryUse;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.core.storage.LocalStorage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class ModelCardTest {

  private static final Map<String, Object> CONFIGURATION =
      Map.of("architecture", "vit_tiny_patch16_224", "label_names", List.of("ant", "b|ee", "`x`"));

  @TempDir private Path folder;

  private RunFolder run(String name) {
    var run = new RunFolder(new LocalStorage(folder.resolve(name)));
    var recipe = Recipes.named("quickstart");
    run.claim(
        new RunRecord(
            RunRecord.FORMAT_VERSION,
            recipe.name(),
            RecipeYaml.tree(recipe),
            RecipeYaml.digest(recipe),
            "file:/" + name,
            "0123456789abcdef",
            null,
            Map.of(),
            Map.of(),
            "2026-11-02T03:04:05Z"));
    return run;
  }

  private static StageResult result(
      String stage, @Nullable Integer module, double seconds, StageKey key, Metrics metrics) {
    return new StageResult(
        stage,
        module,
        1000,
        1,
        seconds,
        2e12,
        2e12,
        0.1,
        0.5,
        metrics,
        1,
        "host",
        "driver",
        "cpu",
        MemoryUse.UNKNOWN,
        0,
        1,
        0,
        "2026-11-02T03:04:05Z",
        "2026-11-02T03:04:06Z",
        List.of(),
        "feedbeef",
        key);
  }

  private String card(String name, double seconds) {
    RunFolder run = run(name);
    Metrics top1 = Metrics.ofTop1(0.5);
    StageKey meta = StageKey.of(Map.of("data", "0123456789abcdef"));
    StageKey tuned = StageKey.of(Map.of("data", "0123456789abcdef", "needs.meta", "abc"));
    Commits commits = run.commits();
    commits.keep(
        result("meta", null, seconds, meta, top1),
        CONFIGURATION,
        List.of(),
        CheckpointFixtures.NO_ANSWERS);
    commits.keep(
        result(
            "final",
            null,
            seconds,
            tuned,
            new Metrics("top1", Map.of("top1", 0.5))
                .with("recall.", new Metrics("b|ee", Map.of("b|ee", 0.25)))),
        CONFIGURATION,
        List.of(),
        CheckpointFixtures.NO_ANSWERS);
    return run.storage().text("final/README.md");
  }

  @Test
  void tellsWhatTheModelIsAndWhatItCost() {
    String card = card("run", 1);

    assertThat(card)
        .contains("# quickstart", "architecture `vit_tiny_patch16_224`")
        .contains("| top1 | 0.5000 |", "| recall.b\\|ee | 0.2500 |")
        .contains("- classes: 3", "`ant`, `b|ee`, `'x'`")
        .contains("prepared set of digest `0123456789abcdef`", "SHA-256 of the weights: `feedbeef`")
        .contains("| meta | 1,000 | 2.00 TFLOP |", "| all | 2,000 | 4.00 TFLOP |")
        .contains("IncubatedModel.load", "timm.create_model", "torch.jit.load")
        .contains("```yaml\nname: quickstart\n");
  }

  @Test
  void beginsWithTheFrontMatterOfTheHub() {
    String card = card("run", 1);

    Object front =
        new Load(LoadSettings.builder().build()).loadFromString(card.split("---\n", 3)[1]);

    assertThat(front)
        .isEqualTo(
            Map.of(
                "license",
                "unknown",
                "pipeline_tag",
                "image-classification",
                "tags",
                List.of("image-classification", "deep-incubation"),
                "model-index",
                List.of(
                    Map.of(
                        "name",
                        "quickstart",
                        "results",
                        List.of(
                            Map.of(
                                "task",
                                Map.of("type", "image-classification"),
                                "dataset",
                                Map.of("type", "0123456789abcdef", "name", "0123456789abcdef"),
                                "metrics",
                                List.of(
                                    Map.of("type", "accuracy", "name", "top1", "value", 0.5),
                                    Map.of(
                                        "type",
                                        "recall.b|ee",
                                        "name",
                                        "recall.b|ee",
                                        "value",
                                        0.25))))))));
  }

  @Test
  void hasTheSameBytesWhereAndHoweverFastItWasTrained() {
    assertThat(card("here", 1)).isEqualTo(card("there", 7));
  }

  @Test
  void modulesAreNoModels() {
    RunFolder run = run("run");

    run.commits()
        .keep(
            result("modules/0", 0, 1, StageKey.of(Map.of()), Metrics.ofTop1(0.5)),
            CONFIGURATION,
            List.of(),
            CheckpointFixtures.NO_ANSWERS);

    assertThat(run.storage().list("modules/0")).doesNotContain("README.md");
  }
}
