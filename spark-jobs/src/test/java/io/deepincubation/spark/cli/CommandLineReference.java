package io.deepincubation.spark.cli;

import io.deepincubation.spark.reference.Page;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The page on verbs and their options. */
public final class CommandLineReference {

  private static final List<String> TITLES = List.of("option", "meaning");

  private CommandLineReference() {}

  /** The page. */
  public static String text() {
    CommandLine program = Main.commandLine();
    List<CommandLine> verbs = List.copyOf(program.getSubcommands().values());
    Set<String> everywhere = Set.of("--help", "--version", "--json", "--verbose");
    var page =
        new Page("Command line")
            .paragraph("`bin/deep-incubation [--master M] [--conf K=V]... VERB [options]`")
            .paragraph(
                String.join(" ", program.getCommandSpec().usageMessage().footer()).strip()
                    + " One line on standard error says what was wrong.")
            .paragraph("Every verb has these:")
            .table(TITLES, options(verbs.get(0), everywhere::contains).toList());
    for (CommandLine verb : verbs) {
      page.heading("##", "`" + verb.getCommandName() + "`")
          .paragraph(String.join(" ", verb.getCommandSpec().usageMessage().description()))
          .table(TITLES, options(verb, name -> !everywhere.contains(name)).toList());
    }
    return page.text();
  }

  private static Stream<List<String>> options(CommandLine verb, Predicate<String> chosen) {
    return verb.getCommandSpec().options().stream()
        .filter(option -> chosen.test(option.longestName()))
        .sorted(Comparator.comparing(OptionSpec::required).reversed())
        .map(option -> List.of(signature(option), meaning(option)));
  }

  private static String signature(OptionSpec option) {
    String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
    return "`" + String.join(", ", option.names()) + value + "`";
  }

  private static String meaning(OptionSpec option) {
    String description = String.join(" ", option.description());
    return option.required() ? description + " Required." : description;
  }
}
