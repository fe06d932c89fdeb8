package io.deepincubation.spark.cli;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.deepincubation.core.checkpoint.RunFolder;
import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.spark.RunReport;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "report", description = "Rewrites a run's HTML report.")
final class Report extends Verb {

  @Option(names = "--run", required = true, paramLabel = "URI", description = "The run's folder.")
  private String run = "";

  @Override
  Answer answer() {
    try (CliSession session = CliSession.start(new PlaceOptions(), output())) {
      var report = new RunReport(new RunFolder(session.storages().open(run)));
      List<StageResult> results = report.results();
      String uri = report.write();
      var lines = new ArrayList<>(Results.table(results));
      lines.add("Report: " + uri);
      var json = new JsonObject();
      json.addProperty("run", run);
      json.addProperty("report", uri);
      json.add("stages", new Gson().toJsonTree(results));
      return new Answer(lines, json);
    }
  }
}
