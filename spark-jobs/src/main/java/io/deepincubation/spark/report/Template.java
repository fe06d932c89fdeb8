package io.deepincubation.spark.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Pages of the class path with places to fill: {@code {{name}}} takes a part, {@code {{name.css}}}
 * that file.
 */
final class Template {

  private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z.-]+)}}");

  private Template() {}

  /** A page with all its places filled; parts are HTML. */
  static String filled(String name, Map<String, String> parts) {
    return PLACE
        .matcher(resource(name))
        .replaceAll(match -> Matcher.quoteReplacement(part(parts, match)));
  }

  private static String part(Map<String, String> parts, MatchResult match) {
    String name = match.group(1);
    if (name.endsWith(".css")) {
      return resource(name);
    }
    return Optional.ofNullable(parts.get(name))
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Cannot fill a page: expected one of "
                        + new TreeMap<>(parts).keySet()
                        + ", got "
                        + match.group()));
  }

  /** A file of the class path. */
  static String resource(String name) {
    try (InputStream stream = Template.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException(
            "Cannot make a page: expected " + name + " on the class path, got none");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + name, e);
    }
  }
}
