package io.deepincubation.core.text;

import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** YAML that is looked through before it is read: readers fail in other ways at what is here. */
public final class YamlText {

  private static final int DEEPEST = 16;

  private YamlText() {}

  /**
   * Checks a text.
   *
   * @throws YamlEngineException if it is no YAML, or deeper than anything that people write:
   *     readers go as deep as groups and lists lie in each other
   */
  public static void require(String yaml, LoadSettings settings) {
    try {
      requireFlat(new Parse(settings).parseString(yaml));
    } catch (IllegalArgumentException e) {
      // What the scanner makes of an escape that is cut off, or of no character.
      throw new YamlEngineException("escapes such as \\u00e9, got a wrong one", e);
    }
  }

  private static void requireFlat(Iterable<Event> events) {
    int depth = 0;
    for (Event event : events) {
      if (event instanceof CollectionStartEvent && ++depth > DEEPEST) {
        throw new YamlEngineException("groups at most " + DEEPEST + " deep, got deeper ones");
      }
      if (event instanceof CollectionEndEvent) {
        depth--;
      }
    }
  }
}
