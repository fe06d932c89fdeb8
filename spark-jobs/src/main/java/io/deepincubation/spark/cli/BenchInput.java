package io.deepincubation.spark.cli;

import io.deepincubation.core.bench.InputBenchmark;
import io.deepincubation.core.bench.InputBenchmark.Speed;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "bench-input",
    description =
        "Times decoding and DeiT's augmentation of training images on one core; see"
            + " examples/benchmarks for the same with torchvision.")
final class BenchInput extends Verb {

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "5",
      description = "Of each measurement; default ${DEFAULT-VALUE}.")
  private double seconds = 5;

  @Option(
      names = "--files",
      paramLabel = "DIR",
      description = "Where the JPEG files that are timed are written; default nowhere.")
  private @Nullable Path files;

  /** The folder in that of the files for those whose shorter side has 256 pixels. */
  private static final String SMALLER = "shorter-side-256";

  /** The answer's JSON. */
  private record Facts(String status, List<Speed> speeds) {}

  @Override
  Answer answer() {
    if (!(seconds > 0)) {
      throw new UsageException("Cannot time images: expected --seconds above 0, got " + seconds);
    }
    var benchmark = new InputBenchmark(seconds);
    if (files != null) {
      write(new LocalStorage(files), benchmark.files());
      write(new LocalStorage(files.resolve(SMALLER)), benchmark.smallerFiles());
    }
    List<Speed> speeds = speeds(benchmark);
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("images", "images/s of a core", "ms an image"));
    for (Speed speed : speeds) {
      rows.add(
          List.of(
              speed.name(),
              String.format(Locale.ROOT, "%,.0f", speed.imagesPerSecond()),
              String.format(Locale.ROOT, "%.3f", 1000 / speed.imagesPerSecond())));
    }
    return new Answer(Results.columns(rows), new Facts("done", speeds));
  }

  private static List<Speed> speeds(InputBenchmark benchmark) {
    try {
      Path folder = Files.createTempDirectory("deep-incubation-bench-");
      try {
        return benchmark.run(folder);
      } finally {
        new LocalStorage(folder).delete("");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot time images: " + e.getMessage(), e);
    }
  }

  private static void write(Storage folder, List<byte[]> images) {
    for (int i = 0; i < images.size(); i++) {
      byte[] image = images.get(i);
      folder.write(String.format(Locale.ROOT, "%03d.jpg", i), stream -> stream.write(image));
    }
  }
}
