package io.deepincubation.spark.cli;

import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.spark.doctor.Doctor;
import io.deepincubation.spark.doctor.Examination;
import io.deepincubation.spark.doctor.Finding;
import io.deepincubation.spark.doctor.Finding.State;
import io.deepincubation.spark.doctor.MasterProbe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "doctor",
    description =
        "Examines the driver and every executor: libtorch, device, storage, memory, threads,"
            + " versions. Says what to mend, and downloads nothing.")
final class Diagnose extends Verb {

  @Option(
      names = "--data",
      paramLabel = "URI",
      defaultValue = "",
      description = "A training set that every process must be able to read.")
  private String data = "";

  @Option(
      names = "--run",
      paramLabel = "URI",
      defaultValue = "",
      description = "A folder in which every process must be able to write, read and delete.")
  private String run = "";

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "The longest to wait for executors; default ${DEFAULT-VALUE}.")
  private int timeout = 120;

  @Mixin private final PlaceOptions places = new PlaceOptions();

  /** The answer's JSON. */
  private record Facts(String status, List<Examination> examinations) {}

  @Override
  Answer answer() {
    if (timeout < 1) {
      throw new UsageException("Cannot use --timeout: expected 1 or more, got " + timeout);
    }
    Duration deadline = Duration.ofSeconds(timeout);
    String master = CliSession.configuration(places).get("spark.master");
    return MasterProbe.trouble(master, deadline)
        .map(trouble -> answer(List.of(trouble)))
        .orElseGet(() -> examined(deadline));
  }

  private Answer examined(Duration deadline) {
    try (CliSession session = CliSession.start(places, output())) {
      return answer(new Doctor(session.spark(), deadline).examine(data, run));
    }
  }

  private static Answer answer(List<Examination> examinations) {
    String status = failed(examinations).isEmpty() ? "well" : "unfit";
    return new Answer(lines(examinations), new Facts(status, examinations), failure(examinations));
  }

  private static List<String> lines(List<Examination> examinations) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("process", "check", "state", "found"));
    var remedies = new ArrayList<String>();
    for (Examination examination : examinations) {
      for (Finding finding : examination.findings()) {
        rows.add(
            List.of(
                place(examination),
                finding.check(),
                finding.state().name().toLowerCase(Locale.ROOT),
                finding.said()));
        if (finding.state() != State.OK) {
          remedies.add(remedy(examination, finding));
        }
      }
    }
    var lines = new ArrayList<>(Results.textColumns(rows));
    lines.add("");
    lines.addAll(remedies.isEmpty() ? List.of("All is well.") : remedies);
    return lines;
  }

  private static String place(Examination examination) {
    return examination.host().isEmpty()
        ? examination.place()
        : examination.place() + " on " + examination.host();
  }

  private static String remedy(Examination examination, Finding finding) {
    String what = place(examination) + ", " + finding.check() + ": ";
    return what + (finding.remedy().isEmpty() ? finding.said() : finding.remedy());
  }

  private static List<Finding> failed(List<Examination> examinations) {
    return examinations.stream()
        .flatMap(examination -> examination.findings().stream())
        .filter(finding -> finding.state() == State.FAIL)
        .toList();
  }

  private static @Nullable RuntimeException failure(List<Examination> examinations) {
    List<Finding> failed = failed(examinations);
    if (failed.isEmpty()) {
      return null;
    }
    Finding storage =
        failed.stream()
            .filter(finding -> finding.check().equals(Finding.STORAGE))
            .findFirst()
            .orElse(null);
    Finding first = storage == null ? failed.get(0) : storage;
    String message =
        String.format(
            Locale.ROOT,
            "Cannot train here: %d checks failed, first %s: %s",
            failed.size(),
            first.check(),
            first.said());
    return storage == null ? new IllegalStateException(message) : new StorageException(message);
  }
}
