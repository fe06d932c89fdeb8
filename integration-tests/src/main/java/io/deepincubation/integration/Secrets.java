package io.deepincubation.integration;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Searches for words that nothing may write. */
public final class Secrets {

  private Secrets() {}

  /** The files of a folder, at any depth, that hold one of the words. */
  public static List<Path> leaks(Path folder, List<String> words) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).filter(file -> holds(file, words)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot search " + folder, e);
    }
  }

  private static boolean holds(Path file, List<String> words) {
    try {
      String text = Files.readString(file, ISO_8859_1);
      return words.stream().anyMatch(text::contains);
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot search " + file, e);
    }
  }
}
