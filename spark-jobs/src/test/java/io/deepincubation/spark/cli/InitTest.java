package io.deepincubation.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import io.deepincubation.core.recipe.Epochs;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.spark.TinyRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InitTest extends CommandLineFixture {

  private int init(String budget, String... more) {
    var args =
        new ArrayList<>(
            List.of(
                "init",
                "--data",
                folder.resolve("data").toString(),
                "--budget",
                budget,
                "--to",
                file().toString()));
    args.addAll(List.of(more));
    return cli(args.toArray(String[]::new));
  }

  private Path file() {
    return folder.resolve("recipes/mine.yaml");
  }

  private Recipe written() {
    return Recipes.resolve(file().toString(), List.of());
  }

  @Test
  void writesARecipeThatPlansAtItsBudget() throws IOException {
    TinyRuns.draw(folder.resolve("data"));

    assertThat(init("50GFLOP", "--depth", "4", "--width", "16")).isZero();

    assertThat(out.toString())
        .contains("ViT, 4 layers of 16 in 2 modules, images of 16 pixels in 16 patches of 4")
        .contains(
            "Modules begin grown: ",
            "Epochs: ",
            "Advice: end-to-end training: grown modules were seen")
        .contains("End-to-end training at equal cost: ", "baseline --method e2e --recipe ");
    assertThat(Files.readString(file()))
        .startsWith("# ViT, 4 layers of 16")
        .contains("# Advice:   end-to-end training: ", "\nextends: cifar100-small\n");
    assertThat(written().name()).isEqualTo("mine");
    assertThat(written().endToEnd().epochs()).isEqualTo(Epochs.EQUAL);
    String data = folder.resolve("data").toString();
    assertThat(cli("plan", "--recipe", file().toString(), "--data", data, "--json")).isZero();
    JsonObject sums = lastLine().getAsJsonObject("sums");
    assertThat(sums.getAsJsonObject("deepIncubation").get("computed").getAsDouble())
        .isCloseTo(50e9, within(1e9));
    assertThat(lastLine().getAsJsonArray("warnings")).hasSize(1);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void extendsAFileFromWhereTheNewOneLies() {
    TinyRuns.draw(folder.resolve("data"));
    String tiny = folder.resolve("tiny.yaml").toString();

    assertThat(init("20GFLOP", "--recipe", tiny, "--set", "meta.epochs=3", "--json")).isZero();

    assertThat(file()).content().contains("extends: ./../tiny.yaml", "epochs: 3");
    assertThat(written().model()).isEqualTo(TinyRuns.recipe().model());
    assertThat(written().meta().epochs()).isEqualTo(3);
    assertThat(lastLine().get("advice").getAsString()).isEqualTo("end-to-end");
    assertThat(lastLine().keySet())
        .containsExactly(
            "status",
            "to",
            "network",
            "images",
            "classes",
            "budget",
            "deepIncubation",
            "endToEnd",
            "endToEndEpochs",
            "advice",
            "why",
            "choices");
  }

  @Test
  void turnsATimeIntoOperations() {
    TinyRuns.draw(folder.resolve("data"));

    assertThat(init("20s", "--tflops", "0.01", "--depth", "4", "--json")).isZero();
    assertThat(lastLine().get("budget").getAsDouble()).isEqualTo(20e10);
    assertThat(file()).content().contains("10.0 GFLOP a second (as --tflops says)");
    file().toFile().delete();

    assertThat(init("2min", "--depth", "4", "--width", "16", "--json")).isZero();
    assertThat(lastLine().get("flopsPerSecond").getAsDouble()).isPositive();
    assertThat(lastLine().get("speed").getAsString()).startsWith("measured here now, a few");
  }

  @Test
  void refusesWrongArgumentsBeforeItLooksAtData() throws IOException {
    assertThat(init("much")).isEqualTo(2);
    assertThat(init("2h", "--tflops", "0")).isEqualTo(2);
    assertThat(init("2h", "--depth", "0")).isEqualTo(2);
    assertThat(init("2h", "--network", "mlp")).isEqualTo(2);
    assertThat(err.toString())
        .contains("Cannot use budget much", "--tflops", "--depth and --width from 1", "mlp");
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "kept");
    assertThat(init("2h")).isEqualTo(2);
    assertThat(err.toString()).contains("Cannot write " + file() + ": expected no such file");
    assertThat(file()).hasContent("kept");
  }

  @Test
  void refusesUnfitDataAndBudgets() {
    assertThat(init("2h")).isEqualTo(3);
    complains("Cannot open the training set at ");
    TinyRuns.draw(folder.resolve("data"));
    assertThat(init("1GFLOP")).isEqualTo(2);
    assertThat(err.toString()).contains("expected a budget of at least ");
    assertThat(file()).doesNotExist();
  }
}
