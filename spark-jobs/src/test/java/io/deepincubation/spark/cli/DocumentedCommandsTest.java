package io.deepincubation.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.spark.cli.DocumentedCommands.Command;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The documents' commands, held to the real command line. */
class DocumentedCommandsTest {

  /** A record of CIFAR-100: two labels and an image. */
  private static final int CIFAR_100_RECORD = 3074;

  private static final List<String> SMALL =
      List.of(
          "model.depth=4",
          "model.width=12",
          "model.heads=3",
          "batch.size=32",
          "meta.epochs=1",
          "meta.warm-up-epochs=0",
          "incubation.epochs=1",
          "incubation.warm-up-epochs=0",
          "fine-tuning.epochs=1");

  @TempDir private Path folder;

  static Stream<Command> all() {
    return DocumentedCommands.all().stream();
  }

  @ParameterizedTest
  @MethodSource("all")
  void verbAndOptionsAreKnown(Command command) {
    assertThatCode(() -> Main.commandLine().parseArgs(command.words().toArray(String[]::new)))
        .as(command.where() + ": " + command.line())
        .doesNotThrowAnyException();
    int recipe = command.words().indexOf("--recipe");
    if (recipe >= 0 && !command.words().get(recipe + 1).endsWith(".yaml")) {
      assertThat(Recipes.names()).contains(command.words().get(recipe + 1));
    }
  }

  @Test
  void thereAreCommandsToHold() {
    assertThat(DocumentedCommands.local("README.md")).hasSizeGreaterThanOrEqualTo(5);
    assertThat(all()).hasSizeGreaterThanOrEqualTo(15);
  }

  /** In small form: fewer images, layers and epochs, and other folders. */
  @Test
  void thoseOfTheReadmeForThisMachineRun() throws IOException {
    drawCifar(folder.resolve("data/cifar-100-binary"));
    run("README.md", "quickstart", "prepare", "run", "report", "compare");
    assertThat(folder.resolve("runs/cifar-100/report.html")).isRegularFile();
  }

  /** In small form, too, on pictures that are drawn here. */
  @Test
  void thoseOfTheTutorialRun() throws IOException {
    drawPictures(folder.resolve("data/pictures"));
    run("docs/tutorial.md", "prepare", "init", "run", "baseline", "report", "predict", "export");
    assertThat(folder.resolve("data/predictions/_SUCCESS")).exists();
    assertThat(folder.resolve("models/pictures/model.safetensors")).isRegularFile();
  }

  private void run(String document, String... verbs) {
    List<Command> commands = DocumentedCommands.local(document);
    assertThat(commands).extracting(command -> command.words().get(0)).containsExactly(verbs);
    for (Command command : commands) {
      var said = new StringWriter();
      var writer = new PrintWriter(said, true);
      assertThat(Main.run(writer, writer, small(command).toArray(String[]::new)))
          .as(command.line() + "\n" + said)
          .isZero();
    }
  }

  private List<String> small(Command command) {
    var words = new ArrayList<String>();
    command.words().forEach(word -> words.add(here(word)));
    switch (words.get(0)) {
      case "quickstart" -> {
        words.addAll(List.of("--out", folder.resolve("quickstart").toString()));
        words.addAll(List.of("--train-images", "96", "--test-images", "48"));
        SMALL.forEach(value -> words.addAll(List.of("--set", value)));
      }
      case "compare" -> {
        SMALL.forEach(value -> words.addAll(List.of("--set", value)));
        words.addAll(
            List.of("--set", "end-to-end.epochs=1", "--set", "end-to-end.warm-up-epochs=0"));
        words.add("--as-is"); // So few epochs cannot be of equal cost.
      }
      case "init" -> words.addAll(List.of("--tflops", "0.05"));
      case "run", "baseline" -> SMALL.forEach(value -> words.addAll(List.of("--set", value)));
      default -> {}
    }
    return words;
  }

  /** A word with folders and files that are this test's. */
  private String here(String word) {
    return word.endsWith(".yaml")
        ? folder.resolve(word).toString()
        : word.replace("file:/", folder.toUri().toString());
  }

  private static void drawPictures(Path into) throws IOException {
    var random = new Random(6);
    for (String label : List.of("cat", "dog")) {
      Path of = Files.createDirectories(into.resolve(label));
      for (int i = 0; i < 60; i++) {
        var picture = new BufferedImage(40, 36, BufferedImage.TYPE_INT_RGB);
        picture.setRGB(random.nextInt(40), random.nextInt(36), 0xFFFFFF);
        ImageIO.write(picture, "png", of.resolve(i + ".png").toFile());
      }
    }
  }

  private static void drawCifar(Path cifar) throws IOException {
    Files.createDirectories(cifar);
    var random = new Random(5);
    for (String split : List.of("train", "test")) {
      byte[] records = new byte[200 * CIFAR_100_RECORD];
      random.nextBytes(records);
      for (int i = 0; i < 200; i++) {
        records[i * CIFAR_100_RECORD] = 0;
        records[i * CIFAR_100_RECORD + 1] = (byte) (i % 100);
      }
      Files.write(cifar.resolve(split + ".bin"), records);
    }
  }
}
