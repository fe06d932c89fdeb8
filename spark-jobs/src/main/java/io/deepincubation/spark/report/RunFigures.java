package io.deepincubation.spark.report;

import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.run.TaskAttempt;
import io.deepincubation.core.training.ConfusionMatrix;
import java.util.List;
import java.util.Map;

/**
 * The report's figures one by one, for other pages, such as a notebook's. Each is a piece of HTML
 * that brings its style, needs no script and loads nothing.
 */
public final class RunFigures {

  private final List<StageResult> results;
  private final List<TaskAttempt> attempts;
  private final Map<String, List<MetricsLine>> metrics;

  /**
   * Figures of what is given.
   *
   * @param results the committed stages in the order in which figures show them
   * @param attempts all attempts at stages, in the order of their starts
   * @param metrics the lines of each stage's {@code metrics.jsonl}, by stage
   */
  public RunFigures(
      List<StageResult> results,
      List<TaskAttempt> attempts,
      Map<String, List<MetricsLine>> metrics) {
    this.results = List.copyOf(results);
    this.attempts = List.copyOf(attempts);
    this.metrics = metrics;
  }

  /**
   * Loss and accuracy over the steps: a plot for each stage, in those of modules a line for each.
   */
  public String curves() {
    return alone(Curves.html(metrics));
  }

  /** Which attempt at a task ran where and when, retries and lost ones included. */
  public String timeline() {
    return alone(new TimelineFigure(new Timeline(results, attempts, metrics), attempts).html());
  }

  /** What each module adds to the meta model's accuracy in its hybrid network (Fig. 9). */
  public String gains() {
    return alone(new HybridGains(results).html());
  }

  /**
   * How often images of one class were taken for another.
   *
   * @param classNames by class number
   * @param confusion how often
   */
  public static String confusion(List<String> classNames, ConfusionMatrix confusion) {
    return alone(new ConfusionFigure(classNames, confusion).html());
  }

  private static String alone(String html) {
    return "<div class=\"figures alone\"><style>"
        + Template.resource("figures.css")
        + Template.resource("figures-light.css")
        + "</style>"
        + html
        + "</div>";
  }
}
