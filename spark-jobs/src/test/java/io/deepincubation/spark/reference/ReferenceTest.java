package io.deepincubation.spark.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.recipe.RecipeReference;
import io.deepincubation.spark.cli.CommandLineReference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the pages of {@code docs/reference} to the code. */
class ReferenceTest {

  private static final Path ROOT = Path.of("..");
  private static final String WRITE = "deepincubation.reference";
  private static final String COMMAND =
      "./mvnw -pl core,spark-jobs test -Dtest=ReferenceTest -Dsurefire.failIfNoSpecifiedTests=false"
          + " -D"
          + WRITE
          + "=write";

  private static final Pattern KEY =
      Pattern.compile(Pattern.quote(SettingsReference.PREFIX) + "[\\w.-]*\\w");

  private static final JavaComments COMMENTS =
      JavaComments.of(ROOT.resolve("core/src/main/java"), ROOT.resolve("spark-jobs/src/main/java"));

  @Test
  void verbsAndOptionsAreTold() throws IOException {
    holds("cli.md", CommandLineReference.text());
  }

  @Test
  void recipeKeysAreTold() throws IOException {
    holds("recipe.md", new RecipeReference(COMMENTS).text());
  }

  @Test
  void settingsAreTold() throws IOException {
    holds("settings.md", new SettingsReference(ROOT, COMMENTS).text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs", "examples", "notebooks"})
  void keysThatDocumentsNameAreKnown(String place) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve(place))) {
      assertThat(
              files
                  .filter(file -> file.toString().matches(".*\\.(md|sh|zpln|py)"))
                  .flatMap(ReferenceTest::keys))
          .isSubsetOf(COMMENTS.ofTexts(SettingsReference.PREFIX).keySet());
    }
  }

  private static Stream<String> keys(Path document) {
    try {
      return KEY.matcher(Files.readString(document)).results().map(MatchResult::group);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + document, e);
    }
  }

  private static void holds(String name, String text) throws IOException {
    Path page = ROOT.resolve("docs/reference").resolve(name);
    if ("write".equals(System.getProperty(WRITE))) {
      Files.createDirectories(page.getParent());
      Files.writeString(page, text);
    }
    assertThat(page)
        .as("Cannot accept docs/reference/%s: expected what the code says; run %s", name, COMMAND)
        .exists()
        .content()
        .isEqualTo(text);
  }
}
