package io.deepincubation.spark.reference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page on Spark's keys and on environment variables. */
final class SettingsReference {

  static final String PREFIX = "spark.deepincubation.";
  private static final Pattern VARIABLE = Pattern.compile("#   ([A-Z][A-Z_]+) {2,}(.*)");
  private static final Pattern CONTINUED = Pattern.compile("# {20,}(.*)");

  private final Path root;
  private final JavaComments comments;

  SettingsReference(Path root, JavaComments comments) {
    this.root = root;
    this.comments = comments;
  }

  String text() {
    var page =
        new Page("Settings")
            .paragraph(
                "Keys go through `--conf` of `bin/deep-incubation` and `spark-submit`, or into"
                    + " `spark-defaults.conf`; [operations.md](../operations.md) tells which of"
                    + " them, and which of Spark's own, a cluster wants.")
            .heading("##", "Spark's configuration")
            .table(List.of("key", "meaning"), keys())
            .heading("##", "Environment of `bin/deep-incubation`")
            .table(List.of("variable", "meaning"), variables("bin/deep-incubation"))
            .heading("##", "Environment of `examples/spark-submit/`");
    for (String manager : List.of("standalone", "yarn", "kubernetes")) {
      page.heading("###", "`" + manager + ".sh`")
          .table(
              List.of("variable", "default and meaning"),
              variables("examples/spark-submit/" + manager + ".sh"));
    }
    return page.text();
  }

  private List<List<String>> keys() {
    return comments.ofTexts(PREFIX).entrySet().stream()
        .map(key -> List.of("`" + key.getKey() + "`", key.getValue()))
        .toList();
  }

  /** The variables that stand at the top of a script. */
  private List<List<String>> variables(String script) {
    var rows = new ArrayList<List<String>>();
    for (String line : lines(root.resolve(script))) {
      Matcher variable = VARIABLE.matcher(line);
      Matcher continued = CONTINUED.matcher(line);
      if (variable.matches()) {
        rows.add(List.of("`" + variable.group(1) + "`", variable.group(2)));
      } else if (continued.matches()) {
        List<String> last = rows.remove(rows.size() - 1);
        rows.add(List.of(last.get(0), last.get(1) + " " + continued.group(1)));
      }
    }
    return rows;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }
}
