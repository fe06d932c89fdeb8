package io.deepincubation.spark.report;

import io.deepincubation.core.data.annotation.SceneOverlay;
import io.deepincubation.core.run.StageResult;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Test images as annotated and as predicted, with the colours of the classes. */
final class ScenePictures {

  /** Classes whose colours are told. */
  private static final int MOST_CLASSES = 30;

  private final Map<String, byte[]> pictures;
  private final List<String> classNames;
  private final boolean ofObjects;

  ScenePictures(ReportFacts facts, List<StageResult> results) {
    ofObjects =
        results.stream()
            .map(StageResult::classes)
            .anyMatch(classes -> classes != null && classes.curves() != null);
    pictures = facts.scenes();
    classNames = facts.classNames();
  }

  /** A part of the page with its heading; empty without pictures. */
  String html() {
    return pictures.isEmpty()
        ? ""
        : "<h2>Predictions</h2>\n"
            + pictures.entrySet().stream()
                .map(each -> figure(each.getKey(), each.getValue()))
                .collect(Collectors.joining())
            + legend()
            + Html.note(
                "The first test images, in pairs: on the left as annotated, on the right as"
                    + " predicted"
                    + (ofObjects ? ", objects from a score of 0.5 on." : "."));
  }

  private String figure(String stage, byte[] jpeg) {
    String name = "Test images of " + stage + ", as annotated and as predicted";
    return (pictures.size() == 1 ? "" : "<h3>" + Html.escaped(stage) + "</h3>\n")
        + Html.format(
            "<img class=\"scenes\" alt=\"%s\" src=\"data:image/jpeg;base64,%s\">\n",
            Html.escaped(name), Base64.getEncoder().encodeToString(jpeg));
  }

  private String legend() {
    int left = classNames.size() - MOST_CLASSES;
    return IntStream.range(0, Math.min(MOST_CLASSES, classNames.size()))
        .mapToObj(this::entry)
        .collect(
            Collectors.joining(
                "",
                "<p class=\"legend\">",
                left > 0
                    ? Html.format("<span>and %,d classes more</span></p>\n", left)
                    : "</p>\n"));
  }

  private String entry(int label) {
    return Html.format(
        "<span><i style=\"--colour:#%06x\"></i>%s</span>",
        SceneOverlay.colour(label), Html.escaped(classNames.get(label)));
  }
}
