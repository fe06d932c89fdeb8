package io.deepincubation.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.spark.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The notes that train, in one interpreter, a paragraph of each in turn. */
final class TrainingNotes {

  private static final int TRAIN_IMAGES = 400;
  static final int TEST_IMAGES = 200;
  private static final int CLASSES = 100;
  private static final int PIXELS = 3 * 32 * 32;
  private static final Path FOLDER = NoteRun.emptied("training");

  /** The quickstart, and CIFAR-100. */
  static final List<NoteRun> RUNS =
      NoteRun.together(List.of(quickstart(), cifar()), FOLDER.resolve("repl"));

  private TrainingNotes() {}

  static Path quickstartRun() {
    return FOLDER.resolve("quickstart/run");
  }

  static Path cifarRun() {
    return FOLDER.resolve("cifar/run");
  }

  private static NoteRun.Typed quickstart() {
    return new NoteRun.Typed(
        Note.named("quickstart.zpln"),
        Map.of(
            "Folder",
            FOLDER.resolve("quickstart").toUri().toString(),
            "Images to train on",
            "" + TRAIN_IMAGES,
            "Images to measure on",
            "" + TEST_IMAGES,
            "Changes of the recipe",
            "meta.epochs=2 meta.warm-up-epochs=0 incubation.epochs=2"
                + " incubation.warm-up-epochs=0 fine-tuning.epochs=1"));
  }

  private static NoteRun.Typed cifar() {
    Path folder = FOLDER.resolve("cifar");
    draw(folder.resolve("images"));
    String data = folder.resolve("data").toUri().toString();
    prepare(folder.resolve("images").toUri().toString(), data);
    return new NoteRun.Typed(
        Note.named("cifar100.zpln"),
        Map.of(
            "Prepared set",
            data,
            "Run folder",
            folder.resolve("run").toUri().toString(),
            "Changes of the recipe",
            "model.depth=8 model.width=48 batch.size=32 meta.epochs=2"
                + " meta.warm-up-epochs=0 incubation.epochs=2"
                + " incubation.warm-up-epochs=0 fine-tuning.epochs=1"));
  }

  private static void draw(Path folder) {
    try {
      Files.createDirectories(folder);
      var random = new Random(5);
      Files.write(folder.resolve("train.bin"), records(TRAIN_IMAGES, random));
      Files.write(folder.resolve("test.bin"), records(TEST_IMAGES, random));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot draw images in " + folder, e);
    }
  }

  /** Images of one colour a class, and noise, in CIFAR-100's format. */
  private static byte[] records(int count, Random random) {
    byte[] records = new byte[count * (2 + PIXELS)];
    for (int i = 0; i < count; i++) {
      int start = i * (2 + PIXELS);
      int label = i % CLASSES;
      records[start + 1] = (byte) label;
      for (int pixel = 0; pixel < PIXELS; pixel++) {
        int level = label * (5 + pixel / (32 * 32)) % 200;
        records[start + 2 + pixel] = (byte) (level + random.nextInt(50));
      }
    }
    return records;
  }

  private static void prepare(String from, String to) {
    var said = new StringWriter();
    var writer = new PrintWriter(said, true);
    assertThat(Main.run(writer, writer, "prepare", "--from", from, "--to", to, "--format", "cifar"))
        .as(said.toString())
        .isZero();
  }
}
