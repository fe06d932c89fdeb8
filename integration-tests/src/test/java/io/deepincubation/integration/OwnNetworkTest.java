package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** The example of one's own network, a jar beside the all-jar, on a cluster as in one process. */
class OwnNetworkTest {

  private static final Path PROJECT = Path.of("../examples/own-network").toAbsolutePath();

  @Test
  void isTrainedMeasuredLoadedExportedAndToldOfByEveryVerb() throws IOException {
    try (var laboratory = new Laboratory("own", SparkLine.SPARK_4_2, SmallRun.SETTINGS);
        StandaloneCluster cluster = laboratory.cluster(2);
        var quiet = new Laboratory("own-quiet", SparkLine.SPARK_4_2, SmallRun.inOneProcess())) {
      String jar = jar(laboratory.file("classes")).toString();
      Submission there =
          Submission.to(cluster.masterUrl(), laboratory.home()).option("--jars", jar);
      Submission here = Submission.to("local[2]", quiet.home()).option("--jars", jar);
      SmallRun.draw(laboratory.file("images"));
      String data = uri(laboratory, "data");
      SmallRun.finish(
          SmallRun.prepare(here, laboratory.file("images"), data)
              .start("prepare", laboratory.logs()));

      run(there, laboratory, data, "cluster");
      run(here, laboratory, data, "one");
      JsonObject evaluated =
          answer(there, laboratory, "evaluate", training(data, uri(laboratory, "cluster")));
      JsonObject predicted =
          answer(
              there,
              laboratory,
              "predict",
              "--model",
              uri(laboratory, "cluster/final"),
              "--from",
              uri(laboratory, "data/test"),
              "--to",
              uri(laboratory, "predictions"),
              "--prefix",
              "predicted_",
              "--json");
      finish(there, laboratory, "report", "--run", uri(laboratory, "cluster"));
      String exported = uri(laboratory, "exported");
      finish(
          there,
          laboratory,
          "export",
          "--run",
          uri(laboratory, "cluster"),
          "--format",
          "timm",
          "--to",
          exported);

      List<String> stages = SmallRun.STAGES;
      assertThat(new RunFiles(laboratory.file("cluster")).digests(stages))
          .isEqualTo(new RunFiles(laboratory.file("one")).digests(stages));
      assertThat(evaluated.get("images").getAsInt()).isEqualTo(SmallRun.TEST_IMAGES);
      assertThat(predicted.get("rows").getAsInt()).isEqualTo(SmallRun.TEST_IMAGES);
      assertThat(predicted.get("rejected").getAsInt()).isZero();
      assertThat(laboratory.file("cluster/report.html")).isNotEmptyFile();
      assertThat(laboratory.file("exported/config.json"))
          .content()
          .contains("\"family\": \"convmixer\"");
    }
  }

  /** Both kinds of processes see this machine's files. */
  private static String uri(Laboratory laboratory, String name) {
    return laboratory.file(name).toUri().toString();
  }

  private static void run(Submission submission, Laboratory laboratory, String data, String run) {
    finish(
        submission,
        laboratory,
        "run",
        Stream.of(training(data, uri(laboratory, run)), new String[] {"--verbose"})
            .flatMap(Stream::of)
            .toArray(String[]::new));
  }

  private static String[] training(String data, String run) {
    return new String[] {
      "--recipe", PROJECT.resolve("convmixer.yaml").toString(),
      "--set", "model.image=32",
      "--set", "model.patch=8",
      "--set", "meta.epochs=1",
      "--set", "incubation.epochs=1",
      "--set", "fine-tuning.epochs=1",
      "--data", data,
      "--run", run,
      "--json"
    };
  }

  private static LocalProcess finish(
      Submission submission, Laboratory laboratory, String verb, String... options) {
    String[] words = Stream.concat(Stream.of(verb), Stream.of(options)).toArray(String[]::new);
    LocalProcess driver = submission.verb(words).start(verb, laboratory.logs());
    SmallRun.finish(driver);
    return driver;
  }

  /** The last line that a verb writes. */
  private static JsonObject answer(
      Submission submission, Laboratory laboratory, String verb, String... options) {
    LocalProcess driver = finish(submission, laboratory, verb, options);
    return SmallRun.answer(driver.out());
  }

  /** What Maven makes of the project. */
  private static Path jar(Path classes) throws IOException {
    List<Path> sources = files(PROJECT.resolve("src/main/java"));
    Files.createDirectories(classes);
    Stream<String> options =
        Stream.of("-cp", Artefacts.allJar().toString(), "-d", classes.toString());
    String[] words =
        Stream.concat(options, sources.stream().map(Path::toString)).toArray(String[]::new);
    assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, words)).isZero();
    Path jar = classes.resolveSibling("convmixer.jar");
    try (var stream = new JarOutputStream(Files.newOutputStream(jar))) {
      for (Path root : List.of(classes, PROJECT.resolve("src/main/resources"))) {
        for (Path file : files(root)) {
          stream.putNextEntry(new JarEntry(root.relativize(file).toString()));
          Files.copy(file, stream);
        }
      }
    }
    return jar;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
