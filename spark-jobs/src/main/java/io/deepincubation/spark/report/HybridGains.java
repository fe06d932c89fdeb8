package io.deepincubation.spark.report;

import io.deepincubation.core.method.Stages;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.text.Quantities;
import java.util.List;
import java.util.Optional;

/**
 * What each incubated module adds to the meta model's accuracy when it replaces its part (Fig. 9).
 */
final class HybridGains {

  private static final double WIDEST_POINTS_SHARE = 50;

  private final List<StageResult> modules;
  private final Optional<Double> metaAccuracy;

  HybridGains(List<StageResult> results) {
    modules =
        results.stream()
            .filter(result -> result.moduleIndex() != null && result.accuracy() != null)
            .toList();
    metaAccuracy =
        results.stream()
            .filter(result -> result.stage().equals(Stages.META))
            .flatMap(result -> result.measuredAccuracy().stream())
            .findFirst();
  }

  String html() {
    if (metaAccuracy.isEmpty() || modules.isEmpty()) {
      return "<p>No hybrid network has been measured beside the meta model.</p>";
    }
    double meta = metaAccuracy.get();
    double widest = modules.stream().mapToDouble(m -> Math.abs(gain(m, meta))).max().orElse(0);
    var html =
        new StringBuilder("<p>The meta model alone: ")
            .append(Html.percent(metaAccuracy))
            .append("</p>\n<div class=\"gains\">");
    for (StageResult module : modules) {
      html.append(row(module, gain(module, meta), Math.max(widest, 1e-6)));
    }
    return html.append("</div>").toString();
  }

  private static double gain(StageResult module, double meta) {
    return module.measuredAccuracy().orElse(meta) - meta;
  }

  private static String row(StageResult module, double gain, double widest) {
    return Html.format(
        "<div class=\"gain\"><span>%s</span><span class=\"track\"><i class=\"%s\""
            + " style=\"--length:%.2f%%\"></i></span><b>%s points</b><span>%s</span></div>%n",
        Html.escaped(module.stage()),
        gain < 0 ? "loss" : "win",
        WIDEST_POINTS_SHARE * Math.abs(gain) / widest,
        Quantities.points(gain),
        Html.percent(module.measuredAccuracy()));
  }
}
