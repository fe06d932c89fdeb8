package io.deepincubation.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.deepincubation.notebooks.Note.Paragraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Zeppelin expects of a note's file. */
class NotesTest {

  private static final Set<String> INTERPRETERS = Set.of("%spark.conf", "%spark", "%spark.sql");

  /** Of Zeppelin's {@code z}; those that {@link NoteRun} stands in for. */
  private static final Set<String> METHODS = Set.of("textbox", "show");

  /** What a paragraph leaves behind: values and methods, or a view. */
  private static final Pattern NAMES =
      Pattern.compile("(?m)^(?:val|var|def) (\\w+)|createOrReplaceTempView\\(\"(\\w+)\"\\)");

  static List<String> notes() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(""))) {
      return files.map(Path::toString).filter(name -> name.endsWith(".zpln")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("notes")
  void hasWhatZeppelinReads(String file) {
    JsonObject note = Note.json(file);

    assertThat(note.keySet())
        .contains("paragraphs", "name", "id", "config", "info", "version", "noteParams");
    var ids = new HashSet<String>();
    for (JsonElement element : note.getAsJsonArray("paragraphs")) {
      JsonObject paragraph = element.getAsJsonObject();
      assertThat(paragraph.keySet())
          .contains("text", "title", "config", "settings", "id", "status");
      assertThat(ids.add(paragraph.get("id").getAsString())).isTrue();
      assertThat(paragraph.has("results")).as("a note without results of a run").isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("notes")
  void beginsWithTheInterpretersConfiguration(String file) {
    Note note = Note.named(file);

    assertThat(note.paragraphs().get(0).interpreter()).isEqualTo("%spark.conf");
    assertThat(note.paragraphs().get(0).settings()).containsKey("spark.jars");
    assertThat(note.paragraphs().subList(1, note.paragraphs().size()))
        .extracting(Paragraph::interpreter)
        .doesNotContain("%spark.conf")
        .isSubsetOf(INTERPRETERS);
  }

  @ParameterizedTest
  @MethodSource("notes")
  void asksZeppelinForNothingThatIsNotTried(String file) {
    for (Paragraph paragraph : Note.named(file).paragraphs()) {
      assertThat(Pattern.compile("\\bz\\.(\\w+)").matcher(paragraph.code()).results())
          .extracting((MatchResult match) -> match.group(1))
          .isSubsetOf(METHODS);
    }
  }

  /** Notes share an interpreter by default: what one defines, another must not mean. */
  @Test
  void noNoteSharesANameOrViewWithAnother() throws IOException {
    var owners = new HashMap<String, String>();
    for (String file : notes()) {
      for (String name : defined(Note.named(file))) {
        assertThat(owners.putIfAbsent(name, file)).as(name + " of " + file).isNull();
      }
    }
    assertThat(owners).hasSizeGreaterThan(30);
  }

  private static Set<String> defined(Note note) {
    return note.paragraphs().stream()
        .flatMap(paragraph -> NAMES.matcher(paragraph.code()).results())
        .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
        .collect(Collectors.toSet());
  }

  /** Zeppelin shows what follows as part of the HTML, so nothing may be defined beside it. */
  @ParameterizedTest
  @MethodSource("notes")
  void paragraphsThatShowHtmlDefineNothing(String file) {
    for (Paragraph paragraph : Note.named(file).paragraphs()) {
      if (paragraph.code().contains("%html")) {
        assertThat(paragraph.code().lines())
            .as(paragraph.title())
            .noneMatch(line -> line.matches("(val|var|def|import|class|object) .*"));
      }
    }
  }
}
