package io.deepincubation.notebooks;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * A Zeppelin note.
 *
 * @param name what Zeppelin lists it by
 * @param paragraphs in their order
 */
record Note(String name, List<Paragraph> paragraphs) {

  /**
   * A paragraph.
   *
   * @param title above it
   * @param interpreter the first word, such as {@code %spark}
   * @param code what follows
   */
  record Paragraph(String title, String interpreter, String code) {

    static Paragraph of(JsonObject json) {
      String text = json.get("text").getAsString();
      String interpreter = text.lines().findFirst().orElse("");
      return new Paragraph(
          json.get("title").getAsString(), interpreter, text.substring(interpreter.length()));
    }

    /** What the interpreter {@code %spark.conf} reads: properties. */
    Map<String, String> settings() {
      var properties = new Properties();
      try {
        properties.load(new StringReader(code));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      var settings = new TreeMap<String, String>();
      properties
          .stringPropertyNames()
          .forEach(key -> settings.put(key, properties.getProperty(key)));
      return settings;
    }
  }

  /** A note of this module. */
  static Note named(String file) {
    JsonObject json = json(file);
    List<Paragraph> paragraphs =
        StreamSupport.stream(json.getAsJsonArray("paragraphs").spliterator(), false)
            .map(JsonElement::getAsJsonObject)
            .map(Paragraph::of)
            .toList();
    return new Note(json.get("name").getAsString(), paragraphs);
  }

  /** The same as Zeppelin reads it. */
  static JsonObject json(String file) {
    try {
      return JsonParser.parseString(Files.readString(Path.of(file))).getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the note " + file, e);
    }
  }

  /** The place of the paragraph whose title begins so. */
  int place(String title) {
    return IntStream.range(0, paragraphs.size())
        .filter(i -> paragraphs.get(i).title().startsWith(title))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("Cannot find a paragraph with the title " + title));
  }
}
