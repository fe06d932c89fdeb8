package io.deepincubation.core.text;

import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** How deep groups and lists of a YAML text lie in each other; readers of YAML go as deep. */
public final class YamlDepth {

  private static final int MOST = 16;

  private YamlDepth() {}

  /**
   * Checks a text before it is read.
   *
   * @throws YamlEngineException if it is no YAML, or deeper than anything that people write
   */
  public static void require(String yaml, LoadSettings settings) {
    int depth = 0;
    for (Event event : new Parse(settings).parseString(yaml)) {
      if (event instanceof CollectionStartEvent && ++depth > MOST) {
        throw new YamlEngineException("groups at most " + MOST + " deep, got deeper ones");
      }
      if (event instanceof CollectionEndEvent) {
        depth--;
      }
    }
  }
}
