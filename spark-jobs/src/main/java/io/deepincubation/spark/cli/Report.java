package io.deepincubation.spark.cli;

import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.spark.RunReport;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "report", description = "Rewrites a run's HTML report.")
final class Report extends Verb {

  @Mixin private final RunFolderOptions source = new RunFolderOptions();

  /** The answer's JSON. */
  private record Facts(String run, String report, List<StageResult> stages) {}

  @Override
  Answer answer() {
    try (CliSession session = CliSession.start(new PlaceOptions(), output())) {
      var report = new RunReport(new RunFolder(session.storages().open(source.run())));
      List<StageResult> results = report.results();
      String uri = report.write();
      var lines = new ArrayList<>(Results.table(results));
      lines.add("Report: " + uri);
      return new Answer(lines, new Facts(source.run(), uri, results));
    }
  }
}
