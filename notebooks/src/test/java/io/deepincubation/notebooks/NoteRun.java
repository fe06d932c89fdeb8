package io.deepincubation.notebooks;

import io.deepincubation.notebooks.Note.Paragraph;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A note run by Spark's own interpreter, in a process that {@code SparkSubmit} sets up as Zeppelin
 * has it do: Spark's jars on the class path, the all-jar by {@code spark.jars}. A paragraph is
 * interpreted as a whole, as in Zeppelin. In place of Zeppelin's {@code z} stands an object with
 * the methods that the notes use, with Zeppelin's signatures and output.
 */
final class NoteRun {

  private static final long LIMIT_MINUTES = 9;
  private static final String BEGIN = "@@begin ";
  private static final String OK = "@@ok ";
  private static final String END = "@@end ";

  private static final String ZEPPELIN =
      """
      object z {
        private val notes: Seq[Map[String, String]] = Seq(%s)
        private var values: Map[String, String] = notes.head
        def note(number: Int): Unit = { values = notes(number) }
        def textbox(name: String, defaultValue: String): Object = values.getOrElse(name, defaultValue)
        def show(table: org.apache.spark.sql.DataFrame): Unit = {
          println("%%table " + table.columns.mkString("\\t"))
          table.limit(1000).collect.foreach(row => println(row.toSeq.mkString("\\t")))
        }
      }
      """;

  private final Note note;
  private final String number;
  private final String output;

  private NoteRun(Note note, String number, String output) {
    this.note = note;
    this.number = number;
    this.output = output;
  }

  /**
   * A note and what is typed into it.
   *
   * @param note to run
   * @param values typed into its fields, by name
   */
  record Typed(Note note, Map<String, String> values) {

    /** The fields as Scala has them. */
    private String fields() {
      return values.entrySet().stream()
          .map(value -> '"' + value.getKey() + "\" -> \"" + value.getValue() + '"')
          .collect(Collectors.joining(", ", "Map(", ")"));
    }
  }

  /** A run that has not begun. */
  static NoteRun nothing(Note note) {
    return new NoteRun(note, "", "");
  }

  /** A folder for a note's files, emptied now, kept afterwards. */
  static Path emptied(String name) {
    Path folder = Path.of("target/notes", name).toAbsolutePath();
    try {
      if (Files.exists(folder)) {
        try (Stream<Path> files = Files.walk(folder)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot empty " + folder, e);
    }
  }

  /**
   * Runs all paragraphs of a note.
   *
   * @param note to run
   * @param values typed into the fields of the note, by name
   * @param folder a new folder for files
   */
  static NoteRun of(Note note, Map<String, String> values, Path folder) {
    return together(List.of(new Typed(note, values)), folder).get(0);
  }

  /**
   * Runs notes in one interpreter, as Zeppelin does by default: a paragraph of each in turn.
   *
   * @param notes to run
   * @param folder a new folder for files
   */
  static List<NoteRun> together(List<Typed> notes, Path folder) {
    try {
      Files.createDirectories(folder);
      Path script = Files.writeString(folder.resolve("script"), script(notes, folder));
      Path out = folder.resolve("out");
      ProcessBuilder builder =
          new ProcessBuilder(command(notes.get(0).note()))
              .redirectInput(script.toFile())
              .redirectOutput(out.toFile())
              .redirectError(folder.resolve("err").toFile());
      builder.environment().remove("SPARK_HOME");
      await(builder.start(), out);
      String said = Files.readString(out, StandardCharsets.UTF_8);
      return IntStream.range(0, notes.size())
          .mapToObj(n -> new NoteRun(notes.get(n).note(), n + ".", said))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot run notes in " + folder, e);
    }
  }

  private static void await(Process process, Path out) {
    try {
      if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
        throw new IllegalStateException("Cannot run notes: expected an end, got none; see " + out);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot run notes: interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static List<String> command(Note note) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(property("opens").strip().split(" +")));
    command.addAll(List.of("-Xmx2g", "-Dscala.usejavacp=true", "-cp"));
    command.add(Files.readString(Path.of(property("repl-classpath"))).strip());
    command.addAll(List.of("org.apache.spark.deploy.SparkSubmit", "--master", "local[2]"));
    command.addAll(List.of("--conf", "spark.ui.enabled=false"));
    command.addAll(List.of("--conf", "spark.driver.host=localhost"));
    command.addAll(List.of("--conf", "spark.driver.bindAddress=127.0.0.1"));
    note.paragraphs()
        .get(0)
        .settings()
        .forEach(
            (key, value) -> {
              command.add("--conf");
              // The one line that users change.
              command.add(key + "=" + (key.equals("spark.jars") ? property("all-jar") : value));
            });
    command.addAll(List.of("--class", "org.apache.spark.repl.Main", "--name", "note"));
    command.add("spark-shell");
    return command;
  }

  private static String property(String name) {
    String value = System.getProperty("deepincubation." + name);
    if (value == null) {
      throw new IllegalStateException(
          "Cannot run notes: expected the system property deepincubation."
              + name
              + "; run with `./mvnw -Pintegration verify`");
    }
    return value;
  }

  private static String script(List<Typed> notes, Path folder) throws IOException {
    String typed = notes.stream().map(Typed::fields).collect(Collectors.joining(", "));
    var script =
        new StringBuilder(pasted("z", String.format(Locale.ROOT, ZEPPELIN, typed), folder));
    int longest = notes.stream().mapToInt(n -> n.note().paragraphs().size()).max().orElse(0);
    for (int i = 0; i < longest; i++) {
      for (int n = 0; n < notes.size(); n++) {
        List<Paragraph> paragraphs = notes.get(n).note().paragraphs();
        if (i < paragraphs.size()) {
          script.append("z.note(").append(n).append(")\n");
          append(script, n + "." + i, paragraphs.get(i), folder);
        }
      }
    }
    return script.append(":quit\n").toString();
  }

  private static void append(StringBuilder script, String name, Paragraph paragraph, Path folder)
      throws IOException {
    String marked = code(paragraph) + "\nprintln(\"" + OK + name + "\")\n";
    script.append("println(\"").append(BEGIN).append(name).append("\")\n");
    script.append(pasted("paragraph-" + name, marked, folder));
    script.append("println(\"").append(END).append(name).append("\")\n");
  }

  private static String pasted(String name, String code, Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve(name + ".scala"), code);
    return ":paste " + file.toAbsolutePath() + "\n";
  }

  private static String code(Paragraph paragraph) {
    return switch (paragraph.interpreter()) {
      case "%spark.conf" -> "";
      case "%spark" -> paragraph.code();
      case "%spark.sql" -> "z.show(spark.sql(\"\"\"" + paragraph.code() + "\"\"\"))";
      default ->
          throw new IllegalStateException(
              "Cannot run the interpreter " + paragraph.interpreter() + ": the notes use Spark's");
    };
  }

  /** Whether a paragraph came to its end. */
  boolean finished(int paragraph) {
    return output.contains("\n" + OK + number + paragraph + "\n");
  }

  /** What a paragraph said. */
  String output(int paragraph) {
    int begin = output.indexOf("\n" + BEGIN + number + paragraph + "\n");
    int end = output.indexOf("\n" + END + number + paragraph + "\n");
    return begin < 0 ? "" : end < 0 ? output.substring(begin) : output.substring(begin, end);
  }

  /** What the paragraph whose title begins so said. */
  String output(String title) {
    return output(note.place(title));
  }

  /** The HTML that it shows. */
  String html(String title) {
    String text = output(title);
    return text.substring(
        text.indexOf("\n%html ") + 7, text.indexOf("\n" + OK + number + note.place(title) + "\n"));
  }

  /** The table that it shows, a list of cells for each row, the names of the columns first. */
  List<List<String>> table(String title) {
    String text = output(title);
    String rows =
        text.substring(
            text.indexOf("\n%table ") + 8,
            text.indexOf("\n" + OK + number + note.place(title) + "\n"));
    return rows.lines().map(row -> List.of(row.split("\t", -1))).toList();
  }
}
