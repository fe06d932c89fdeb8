package io.deepincubation.core.recipe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A recipe as it was written, and where.
 *
 * @param yaml the text
 * @param source what messages call it, such as a file's name
 * @param file that holds it; null where none does
 * @param extending those that extend it, the one that was asked for first
 */
record RecipeText(String yaml, String source, @Nullable Path file, List<RecipeText> extending) {

  /** A text that no file holds. */
  static RecipeText of(String yaml, String source) {
    return new RecipeText(yaml, source, null, List.of());
  }

  /**
   * The text that a user asks for.
   *
   * @param fileOrName a name of the library's, else a YAML file
   * @throws RecipeException if there is none, or it cannot be read
   */
  static RecipeText named(String fileOrName) {
    return find(fileOrName, Path.of(""), List.of())
        .orElseThrow(() -> Recipes.unknown(fileOrName, Recipes.FILE_OR_NAME));
  }

  /**
   * The text that this one extends.
   *
   * @param fileOrName a name of the library's, else a YAML file; relative to this one's folder
   * @param origin where it says so, such as {@code line 1}
   * @throws RecipeException if there is none, it cannot be read, or it extends this one
   */
  RecipeText base(String fileOrName, String origin) {
    RecipeText base =
        find(fileOrName, folder(), chain())
            .orElseThrow(
                () ->
                    Recipes.unknown(
                        fileOrName + ", which " + source + " extends (" + origin + ")",
                        fileOrName,
                        Recipes.FILE_OR_NAME));
    if (base.file != null && chain().stream().anyMatch(text -> base.file.equals(text.file))) {
      throw new RecipeException(
          String.format(
              Locale.ROOT,
              "Cannot read recipe %s: expected extends (%s) to end at a recipe that extends none,"
                  + " got the cycle %s; take one extends out",
              source,
              origin,
              cycle(base)));
    }
    return base;
  }

  private static String cycle(RecipeText again) {
    return Stream.concat(again.extending.stream(), Stream.of(again))
        .dropWhile(text -> again.file != null && !again.file.equals(text.file))
        .map(RecipeText::source)
        .collect(Collectors.joining(" -> "));
  }

  private List<RecipeText> chain() {
    return Stream.concat(extending.stream(), Stream.of(this)).toList();
  }

  private Path folder() {
    Path folder = file == null ? null : Path.of(source).getParent();
    return folder == null ? Path.of("") : folder;
  }

  private static Optional<RecipeText> find(
      String fileOrName, Path folder, List<RecipeText> extending) {
    if (Recipes.names().contains(fileOrName)) {
      return Optional.of(
          new RecipeText(Recipes.text(fileOrName), fileOrName, /* file= */ null, extending));
    }
    return existing(folder, fileOrName).map(path -> read(path, extending));
  }

  private static Optional<Path> existing(Path folder, String file) {
    try {
      return Optional.of(folder.resolve(file)).filter(Files::isRegularFile);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static RecipeText read(Path path, List<RecipeText> extending) {
    try {
      return new RecipeText(
          Files.readString(path), path.normalize().toString(), path.toRealPath(), extending);
    } catch (IOException e) {
      throw new RecipeException(
          "Cannot read recipe " + path + ": expected a YAML file, got " + e.getMessage(), e);
    }
  }
}
