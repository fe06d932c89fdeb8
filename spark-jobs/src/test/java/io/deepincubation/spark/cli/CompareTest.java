package io.deepincubation.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.deepincubation.spark.TinyRuns;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompareTest extends CommandLineFixture {

  private int compare(String... more) {
    var args =
        new ArrayList<>(
            List.of(
                "compare",
                "--recipe",
                folder.resolve("tiny.yaml").toString(),
                "--data",
                folder.resolve("data").toString(),
                "--to",
                folder.resolve("compared").toString()));
    args.addAll(List.of(more));
    return cli(args.toArray(String[]::new));
  }

  @Test
  void endsWithATableAndASentence() {
    TinyRuns.draw(folder.resolve("data"));

    assertThat(compare("--methods", "e2e,deep-incubation", "--seeds", "1", "--as-is")).isZero();

    assertThat(out.toString())
        .contains("End-to-end", "Deep Incubation", "one seed")
        .contains("2 trainings: 2 trained now, 0 done before, 0 failed; 6 stages trained, 0 shared")
        .contains("Page: " + folder.resolve("compared") + "/comparison.html");
    assertThat(folder.resolve("compared/comparison.html")).exists();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void plansWithoutTraining() {
    TinyRuns.draw(folder.resolve("data"));

    assertThat(
            compare(
                "--methods",
                "e2e",
                "--vary",
                "end-to-end.epochs=1,2",
                "--as-is",
                "--plan",
                "--json"))
        .isZero();

    JsonObject plan = lastLine();
    assertThat(plan.get("status").getAsString()).isEqualTo("planned");
    assertThat(plan.getAsJsonArray("trainings")).hasSize(2);
    assertThat(folder.resolve("compared")).doesNotExist();
  }

  @Test
  void aBudgetIsSpentByWholeEpochsOrRefused() {
    TinyRuns.draw(folder.resolve("data"));

    assertThat(compare("--methods", "e2e", "--budget", "1GFLOP")).isEqualTo(2);

    complains("Cannot compare at equal cost", "End-to-end by", "or --as-is");
  }

  @Test
  void asksForMethodsOrAStudy() {
    assertThat(compare()).isEqualTo(2);
    complains("Cannot compare: expected either --methods or --study, got neither");
  }

  @Test
  void tellsTheStudiesThatItKnows() {
    assertThat(compare("--study", "tab-9")).isEqualTo(2);
    complains("Cannot find study tab-9", "tab-2", "fig-4");
  }

  @Test
  void refusesABudgetThatIsNoNumber() {
    TinyRuns.draw(folder.resolve("data"));
    assertThat(compare("--methods", "e2e", "--budget", "much")).isEqualTo(2);
    complains("Cannot use budget much: expected operations such as 100TFLOP");
  }

  @Test
  void refusesValuesWithoutAKey() {
    assertThat(compare("--methods", "e2e", "--vary", "8,16")).isEqualTo(2);
    complains("Cannot vary 8,16: expected KEY=V1,V2");
  }
}
