package io.deepincubation.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.deepincubation.spark.TinyRuns;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The command line in this process, with a folder for what a test makes and the tiny recipe. */
abstract class CommandLineFixture {

  final StringWriter out = new StringWriter();
  final StringWriter err = new StringWriter();

  @TempDir Path folder;

  private Map<String, String> properties = Map.of();

  @BeforeEach
  void configureSpark() throws IOException {
    properties =
        Map.of(
            "spark.master", "local[2]",
            "spark.ui.enabled", "false",
            "spark.deepincubation.cache.directory", folder.resolve("cache").toString());
    properties.forEach(System::setProperty);
    Files.writeString(folder.resolve("tiny.yaml"), TinyRuns.RECIPE);
  }

  @AfterEach
  void forgetSpark() {
    properties.keySet().forEach(System::clearProperty);
  }

  /** Runs a verb. */
  int cli(String... args) {
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  /** A verb that trains the tiny recipe on {@code data} in {@code run}. */
  int train(String verb, String... more) {
    return trainIn("run", verb, more);
  }

  /** A verb that trains the tiny recipe on {@code data} in a folder of that name. */
  int trainIn(String run, String verb, String... more) {
    var args =
        new ArrayList<>(
            List.of(
                verb,
                "--recipe",
                folder.resolve("tiny.yaml").toString(),
                "--data",
                folder.resolve("data").toString(),
                "--run",
                folder.resolve(run).toString(),
                "--threads",
                "1"));
    args.addAll(List.of(more));
    return cli(args.toArray(String[]::new));
  }

  /** Expects one line of complaint with these words. */
  void complains(String... words) {
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .startsWith("deep-incubation: ")
        .contains(words);
  }

  /** The answer of the last verb that was asked for JSON. */
  JsonObject lastLine() {
    List<String> lines = out.toString().lines().toList();
    return JsonParser.parseString(lines.get(lines.size() - 1)).getAsJsonObject();
  }
}
