package io.deepincubation.core.comparison;

import io.deepincubation.core.recipe.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** The studies that the library brings, the paper's in small, and those of files. */
public final class Studies {

  private static final List<String> NAMES =
      List.of(
          "tab-2",
          "sec-4.3",
          "start",
          "meta-epochs",
          "fig-4",
          "fig-6",
          "fig-7",
          "fig-8",
          "fig-9",
          "fig-10",
          "modules",
          "tab-5",
          "tab-6",
          "rounds");

  private Studies() {}

  /** The names of the studies that the library brings. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * A study by name or file.
   *
   * @param nameOrFile one of {@link #names}, or a YAML file
   * @throws UsageException if there is none, or it cannot be read
   */
  public static Study named(String nameOrFile) {
    return StudyYaml.parse(text(nameOrFile), nameOrFile);
  }

  private static String text(String name) {
    try (InputStream stream =
        NAMES.contains(name)
            ? Studies.class.getResourceAsStream("studies/" + name + ".yaml")
            : null) {
      if (stream != null) {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      }
      Path file = Path.of(name);
      if (Files.isRegularFile(file)) {
        return Files.readString(file);
      }
    } catch (IOException e) {
      throw new UsageException("Cannot read study " + name + ": " + e.getMessage(), e);
    } catch (InvalidPathException e) {
      throw unknown(name);
    }
    throw unknown(name);
  }

  private static UsageException unknown(String name) {
    return new UsageException(
        "Cannot find study " + name + ": expected a file, or one of " + String.join(", ", NAMES));
  }
}
