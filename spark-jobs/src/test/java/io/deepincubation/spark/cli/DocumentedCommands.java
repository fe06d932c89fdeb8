package io.deepincubation.spark.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The commands of this program in the fenced blocks of documents. */
final class DocumentedCommands {

  private static final Path ROOT = Path.of("..");
  private static final String FENCE = "```";
  private static final Pattern STARTS =
      Pattern.compile(
          "^(?:[A-Z_]+=\\S+ )*(?:bin/deep-incubation|examples/spark-submit/\\w+\\.sh"
              + "|spark-submit .*-all\\.jar)(?= )");
  private static final List<String> OF_THE_LAUNCHER =
      List.of("--master", "--conf", "--jars", "--packages");

  /**
   * One command.
   *
   * @param where its document
   * @param line as it is written, continued lines joined
   * @param words the verb and its options
   */
  record Command(Path where, String line, List<String> words) {}

  private DocumentedCommands() {}

  /** The commands of all documents. */
  static List<Command> all() {
    return Stream.of("README.md", "CONTRIBUTING.md", "docs", "examples", "notebooks")
        .flatMap(name -> documents(ROOT.resolve(name)))
        .flatMap(file -> of(file).stream())
        .toList();
  }

  /**
   * The commands of one document, such as {@code README.md}, that need nothing but this machine.
   */
  static List<Command> local(String document) {
    return of(ROOT.resolve(document)).stream()
        .filter(command -> !command.line().contains("s3a:"))
        .toList();
  }

  private static Stream<Path> documents(Path from) {
    try (Stream<Path> files = Files.walk(from)) {
      return files
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !file.toString().contains("/target/"))
          .sorted()
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list documents in " + from, e);
    }
  }

  private static List<Command> of(Path file) {
    var commands = new ArrayList<Command>();
    boolean fenced = false;
    String begun = "";
    for (String line : lines(file)) {
      if (line.startsWith(FENCE)) {
        fenced = !fenced;
      } else if (fenced && line.endsWith("\\")) {
        begun += line.substring(0, line.length() - 1);
      } else if (fenced) {
        add(file, (begun + line).replaceAll("\\s+", " ").strip(), commands);
        begun = "";
      }
    }
    return commands;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  private static void add(Path file, String line, List<Command> commands) {
    var start = STARTS.matcher(line);
    if (start.find()) {
      String rest = line.substring(start.end()).replaceAll(" #.*", "").strip();
      commands.add(new Command(file, line, verb(new ArrayList<>(List.of(rest.split(" "))))));
    }
  }

  private static List<String> verb(List<String> words) {
    while (OF_THE_LAUNCHER.contains(words.get(0))) {
      words.subList(0, 2).clear();
    }
    return List.copyOf(words);
  }
}
