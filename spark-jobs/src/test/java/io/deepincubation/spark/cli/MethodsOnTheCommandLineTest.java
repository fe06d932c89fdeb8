package io.deepincubation.spark.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.deepincubation.spark.TinyRuns;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MethodsOnTheCommandLineTest extends CommandLineFixture {

  private static final String BRIEF = "incubation.epochs=1";

  /** The stages of the last answer, by name. */
  private Map<String, JsonObject> stages() {
    var stages = new LinkedHashMap<String, JsonObject>();
    for (JsonElement stage : lastLine().getAsJsonArray("stages")) {
      JsonObject facts = stage.getAsJsonObject();
      stages.put(facts.get("stage").getAsString(), facts);
    }
    return stages;
  }

  @Test
  void aRivalRunsToItsReport() {
    TinyRuns.draw(folder.resolve("data"));

    assertThat(train("run", "--json", "--method", "dgl")).isZero();

    assertThat(stages()).containsOnlyKeys("baselines/dgl");
    assertThat(folder.resolve("run/report.html")).content().contains("DGL with 2 modules reached");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void anUnknownMethodIsAnsweredWithTheKnown() {
    assertThat(train("run", "--method", "telepathy")).isEqualTo(2);
    complains(
        "Cannot train by method telepathy: expected one of [deep-incubation, imitation, dgl,"
            + " infopro, e2e, staged-e2e]");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void imitationTakesTheMetaModelOfTheRunBefore() {
    TinyRuns.draw(folder.resolve("data"));
    assertThat(train("run", "--json", "--set", BRIEF)).isZero();
    JsonObject meta = stages().get("meta");

    assertThat(train("baseline", "--json", "--method", "imitation", "--set", BRIEF)).isZero();

    assertThat(stages().keySet())
        .contains("meta", "baselines/imitation/modules/1", "baselines/imitation/final");
    assertThat(meta).isNotNull().isEqualTo(stages().get("meta"));
    assertThat(lastLine().get("status").getAsString()).isEqualTo("done");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aRunTakesWhatAnotherOneTrainedAlike() {
    TinyRuns.draw(folder.resolve("data"));
    assertThat(train("run", "--json", "--set", BRIEF)).isZero();
    Map<String, JsonObject> first = stages();

    String[] longer = {
      "--json", "--set", BRIEF, "--set", "fine-tuning.epochs=2", "--from-run", uri("run")
    };
    assertThat(trainIn("second", "run", longer)).isZero();

    Map<String, JsonObject> second = stages();
    assertThat(second.keySet()).isEqualTo(first.keySet());
    for (String taken : List.of("meta", "modules/0", "modules/1")) {
      assertThat(second.get(taken)).as(taken).isNotNull().isEqualTo(first.get(taken));
    }
    assertThat(second.get("final")).isNotEqualTo(first.get("final"));
    assertThat(requireNonNull(second.get("final")).get("epochs").getAsInt()).isEqualTo(2);
    assertThat(err.toString()).isEmpty();

    assertThat(train("run", "--set", BRIEF, "--set", "fine-tuning.epochs=2")).isEqualTo(2);
    complains(
        "Cannot use the run folder",
        "its stage final was trained otherwise: fine-tuning.epochs is 1 there and 2 here",
        "choose another --run");
  }

  private String uri(String name) {
    return folder.resolve(name).toUri().toString();
  }

  @Test
  void aFolderWithoutARunHasNothingToTake() {
    TinyRuns.draw(folder.resolve("data"));
    assertThat(train("run", "--from-run", uri("data"))).isEqualTo(2);
    complains("Cannot take stages from", "expected a run's folder, got one without run.json");
    assertThat(folder.resolve("run/meta")).doesNotExist();
  }

  @Test
  void plansTheMethodThatIsNamed() {
    String tiny = folder.resolve("tiny.yaml").toString();

    assertThat(
            cli(
                "plan",
                "--recipe",
                tiny,
                "--method",
                "infopro",
                "--images",
                "1000",
                "--classes",
                "12",
                "--json"))
        .isZero();

    assertThat(lastLine().get("method").getAsString()).isEqualTo("infopro");
    assertThat(lastLine().get("images").getAsInt()).isEqualTo(1000);
    assertThat(stages().keySet()).containsExactly("baselines/infopro", "baselines/e2e");
    assertThat(err.toString()).isEmpty();
  }
}
