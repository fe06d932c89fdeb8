package io.deepincubation.core.recipe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A recipe as it was written, before anything is known of its keys. Each node tells where it was
 * written, such as {@code line 12}.
 */
sealed interface RecipeTree {

  /** Where it was written. */
  String origin();

  /** What a reader would call it, in a message. */
  String describe();

  /**
   * A single value.
   *
   * @param text as written, without quotes
   * @param quoted whether it was in quotes, and so is certainly text
   */
  record Scalar(String text, boolean quoted, String origin) implements RecipeTree {
    @Override
    public String describe() {
      return quoted ? '"' + text + '"' : text.isEmpty() ? "nothing" : text;
    }
  }

  /** A list of values. */
  record Sequence(List<RecipeTree> items, String origin) implements RecipeTree {

    /** Copies. */
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String describe() {
      return "a list";
    }
  }

  /** Values by key, in order. */
  record Mapping(Map<String, RecipeTree> entries, String origin) implements RecipeTree {

    /** Copies. */
    public Mapping {
      entries = new LinkedHashMap<>(entries);
    }

    @Override
    public String describe() {
      return "a group of keys";
    }

    /** This mapping with another value at a dotted path. */
    Mapping with(String path, RecipeTree value) {
      int dot = path.indexOf('.');
      var changed = new LinkedHashMap<>(entries);
      if (dot < 0) {
        changed.put(path, value);
      } else {
        String key = path.substring(0, dot);
        Mapping inner =
            entries.get(key) instanceof Mapping mapping
                ? mapping
                : new Mapping(Map.of(), value.origin());
        changed.put(key, inner.with(path.substring(dot + 1), value));
      }
      return new Mapping(changed, origin);
    }
  }
}
