package io.deepincubation.spark.report;

import io.deepincubation.core.method.Stages;
import io.deepincubation.core.run.TaskAttempt;
import io.deepincubation.core.text.Quantities;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A timeline as HTML: a lane for each process, and a table of the attempts that came to nothing.
 */
final class TimelineFigure {

  private static final String KEY =
      """
      <p class="note key"><i style="background:var(--c0)"></i>whole network \
      <i style="background:var(--c2)"></i>module <i style="background:var(--c1)"></i>baseline \
      <i class="uncommitted"></i>attempt that committed nothing</p>
      """;

  private final Timeline timeline;
  private final List<TaskAttempt> attempts;

  TimelineFigure(Timeline timeline, List<TaskAttempt> attempts) {
    this.timeline = timeline;
    this.attempts = attempts;
  }

  String html() {
    return KEY + lanes() + "\n" + new RoundSpread(attempts).html() + uncommitted();
  }

  private String lanes() {
    var html = new StringBuilder();
    timeline
        .byProcess()
        .forEach(
            (process, tasks) -> {
              int slots = 1 + tasks.stream().mapToInt(Timeline.Task::slot).max().orElse(0);
              html.append("<h3>")
                  .append(Html.escaped(process))
                  .append("</h3>\n<div class=\"lanes\" style=\"--slots:")
                  .append(slots)
                  .append("\">");
              tasks.forEach(task -> html.append(bar(task)));
              html.append("</div>\n");
            });
    return html.append("<p class=\"axis\"><span>0</span><span>")
        .append(Quantities.duration(timeline.length().toMillis() / 1000.0))
        .append("</span></p>")
        .toString();
  }

  private static String bar(Timeline.Task task) {
    Timeline.Span span = task.span();
    return Html.format(
        "<div class=\"task %s\" style=\"--slot:%d;--start:%.3f%%;--length:%.3f%%\""
            + " title=\"%s\"><span>%s</span></div>",
        span.committed() ? kind(span.stage()) : "uncommitted",
        task.slot(),
        100 * task.start(),
        100 * task.length(),
        Html.escaped(span.title()),
        Html.escaped(span.label()));
  }

  /** A table of the attempts that committed nothing, or nothing where there were none. */
  private String uncommitted() {
    String rows =
        attempts.stream()
            .filter(attempt -> attempt.outcome() != TaskAttempt.Outcome.DONE)
            .map(TimelineFigure::row)
            .collect(Collectors.joining("\n"));
    return rows.isEmpty()
        ? "<p class=\"note\">Every attempt at a task came to its end.</p>"
        : "<div class=\"scroll\"><table class=\"attempts\">\n"
              + "<thead><tr><th>Attempts that committed"
              + " nothing</th><th>Where</th><th>Device</th><th>Outcome</th><th>Reason</th></tr></thead>\n"
              + "<tbody>\n"
            + rows
            + "\n</tbody></table></div>";
  }

  private static String row(TaskAttempt attempt) {
    return "<tr>"
        + Html.cell(attempt.assignment().inWords() + ", attempt " + (attempt.attempt() + 1))
        + Html.cell(attempt.executor() + " on " + attempt.host())
        + Html.cell(attempt.device().isEmpty() ? "–" : attempt.device())
        + Html.cell(Timeline.came(attempt))
        + "<td class=\"reason\">"
        + Html.escaped(attempt.reason())
        + "</td></tr>";
  }

  private static String kind(String stage) {
    if (Stages.isBaseline(stage)) {
      return "baseline";
    }
    return Stages.isModule(stage) ? "module" : "whole";
  }
}
