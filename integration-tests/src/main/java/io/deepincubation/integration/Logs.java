package io.deepincubation.integration;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What processes have written. */
public final class Logs {

  private Logs() {}

  /** Lines with some words in the files named {@code stderr} of a folder, at any depth, by time. */
  public static List<String> lines(Path folder, String words) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.endsWith("stderr"))
          .flatMap(Logs::lines)
          .filter(line -> line.contains(words))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the logs in " + folder, e);
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file, ISO_8859_1).stream();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }
}
