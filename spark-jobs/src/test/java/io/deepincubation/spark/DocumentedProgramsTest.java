package io.deepincubation.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.spark.DocumentedPrograms.Program;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The documents' programs compile; those of the first pages run, in small form. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DocumentedProgramsTest {

  private static final String TINY = "io.deepincubation.spark.TinyRuns.recipe()";

  private final Path folder = temporaryFolder();

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("deep-incubation-programs");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @AfterAll
  void delete() {
    new LocalStorage(folder).delete("");
  }

  static List<Program> all() {
    return DocumentedPrograms.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void compiles(Program program) throws IOException {
    assertThat(program.compile(Files.createDirectories(folder.resolve("compiled"))))
        .as(program.text())
        .isEmpty();
  }

  @Test
  void thoseOfTheFirstPagesRun() throws IOException, ReflectiveOperationException {
    drawPictures(folder.resolve("data/pictures"));
    TinyRuns.draw(folder.resolve("data/cifar-100"));
    try (SparkSession spark =
        TinyRuns.spark(folder.resolve("cache"), "org.apache.spark.serializer.JavaSerializer")) {
      run(
          DocumentedPrograms.packageComment()
              .with(Map.of("Recipes.resolve(\"quickstart\", List.of(\"seed=1\"))", TINY)),
          spark);
      run(
          DocumentedPrograms.readme().with(Map.of("Recipes.named(\"cifar100-small\")", TINY)),
          spark);
    }
    assertThat(folder.resolve("sets/pictures/index.json")).isRegularFile();
    assertThat(folder.resolve("runs/pictures/report.html")).isRegularFile();
    assertThat(folder.resolve("runs/cifar-100/final/model.safetensors.index.json")).isRegularFile();
  }

  private void run(Program program, SparkSession spark)
      throws IOException, ReflectiveOperationException {
    Program here = program.with(Map.of("file:/", folder.toUri().toString()));
    Path classes = Files.createTempDirectory(folder, "classes");
    assertThat(here.compile(classes)).isEmpty();
    here.run(
        classes,
        spark,
        spark
            .read()
            .format("binaryFile")
            .option("recursiveFileLookup", "true")
            .load(folder.resolve("data/pictures").toUri().toString()));
  }

  private static void drawPictures(Path into) throws IOException {
    for (int label = 0; label < 2; label++) {
      Path of = Files.createDirectories(into.resolve(label == 0 ? "cats" : "dogs"));
      for (int i = 0; i < 20; i++) {
        var picture = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
        picture.setRGB(i % 16, label, 0xFFFFFF - i);
        ImageIO.write(picture, "png", of.resolve(i + ".png").toFile());
      }
    }
  }
}
