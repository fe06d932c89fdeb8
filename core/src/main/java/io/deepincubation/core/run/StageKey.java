package io.deepincubation.core.run;

import io.deepincubation.core.storage.Json;
import io.deepincubation.core.storage.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a stage's bytes follow from: facts by name, and their digest. Two stages of one key end in
 * the same weights, whatever run they belong to.
 *
 * @param sha256 of the facts, 64 hex digits
 * @param facts values by dotted name; a value that is the default is left out, so that a name that
 *     later versions add changes no key
 */
public record StageKey(String sha256, Map<String, String> facts) {

  /** One fact that two keys do not share. */
  public record Difference(String name, String here, String there) {}

  /** What stands for the value of a fact that is left out. */
  public static final String DEFAULT = "the default";

  /** Copies. */
  public StageKey {
    facts = Collections.unmodifiableMap(new TreeMap<>(facts));
  }

  /** The key of these facts. */
  public static StageKey of(Map<String, String> facts) {
    byte[] json = Json.line(new TreeMap<>(facts)).getBytes(StandardCharsets.UTF_8);
    return new StageKey(Sha256.of(json), facts);
  }

  /** The facts in which another key differs, by name. */
  public List<Difference> differences(StageKey other) {
    var names = new TreeSet<>(facts.keySet());
    names.addAll(other.facts.keySet());
    var differences = new ArrayList<Difference>();
    for (String name : names) {
      String here = facts.getOrDefault(name, DEFAULT);
      String there = other.facts.getOrDefault(name, DEFAULT);
      if (!here.equals(there)) {
        differences.add(new Difference(name, here, there));
      }
    }
    return List.copyOf(differences);
  }
}
