package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.annotations.SerializedName;
import io.deepincubation.core.data.annotation.Box;
import io.deepincubation.core.data.annotation.Polygon;
import io.deepincubation.core.data.annotation.RunLengths;
import io.deepincubation.core.data.annotation.SceneObject;
import io.deepincubation.core.detection.DetectedObject;
import io.deepincubation.core.evaluation.AveragePrecision;
import io.deepincubation.core.evaluation.ImageMatches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Detections as COCO's own tool evaluates them; {@code src/test/python/coco.py} calls it. It needs
 * {@code python3} and, once, the Python package index.
 */
class CocoReferenceTest {

  private static final Offset<Double> TOLERANCE = within(1e-9);
  private static final String SEED = "20261130";
  private static final Gson GSON = new Gson();

  private record Truth(List<Image> images, List<Category> categories, List<Shape> annotations) {}

  private record Image(int id, int height, int width) {}

  private record Category(int id) {}

  private record Shape(
      @SerializedName("image_id") int image,
      @SerializedName("category_id") int category,
      double[] bbox,
      double area,
      int iscrowd,
      double score,
      JsonElement segmentation) {

    Box box() {
      return Box.ofSize(bbox[0], bbox[1], bbox[2], bbox[3]);
    }

    RunLengths mask(Image on) {
      if (segmentation.isJsonObject()) {
        String counts = segmentation.getAsJsonObject().get("counts").getAsString();
        return RunLengths.parse(counts, on.height(), on.width());
      }
      return Polygon.draw(polygons(segmentation.getAsJsonArray()), on.height(), on.width());
    }

    private static List<Polygon> polygons(JsonArray outlines) {
      return StreamSupport.stream(outlines.spliterator(), false)
          .map(outline -> new Polygon(GSON.fromJson(outline, double[].class)))
          .toList();
    }
  }

  private record Expected(Figures boxes, Figures masks) {}

  private record Figures(Map<String, Double> figures, List<OfCategory> categories) {}

  private record OfCategory(double ap, double[] curve50, double[] curve75) {}

  private interface Matching {

    ImageMatches of(long image, List<SceneObject> objects, List<DetectedObject> detections);
  }

  /** With crowds, equal scores, over 100 detections, and categories that are only in one file. */
  @Test
  void detectionsAreWorthWhatCocosToolSays(@TempDir Path folder) throws IOException {
    PythonVenv python = PythonVenv.frozen("requirements-coco.txt", folder);
    Path truthFile = folder.resolve("truth.json");
    Path detectionsFile = folder.resolve("detections.json");
    python.script("coco.py", "draw", SEED, truthFile.toString(), detectionsFile.toString());
    String told =
        python.script("coco.py", "evaluate", truthFile.toString(), detectionsFile.toString());

    Truth truth = GSON.fromJson(Files.readString(truthFile), Truth.class);
    Shape[] detections = GSON.fromJson(Files.readString(detectionsFile), Shape[].class);
    Expected expected = GSON.fromJson(told, Expected.class);

    assertThat(expected.boxes().figures().get("ap")).isBetween(0.05, 0.95);
    check(evaluated(truth, detections, ImageMatches::byBoxes), expected.boxes());
    check(evaluated(truth, detections, ImageMatches::byMasks), expected.masks());
  }

  private static AveragePrecision evaluated(Truth truth, Shape[] detections, Matching matching) {
    List<ImageMatches> images = new ArrayList<>();
    for (Image image : truth.images()) {
      List<SceneObject> objects = new ArrayList<>();
      for (Shape shape : truth.annotations()) {
        if (shape.image() == image.id()) {
          objects.add(
              new SceneObject(
                  classOf(shape, truth),
                  shape.box(),
                  shape.mask(image),
                  shape.iscrowd() == 1,
                  shape.area()));
        }
      }
      List<DetectedObject> found = new ArrayList<>();
      for (Shape shape : detections) {
        if (shape.image() == image.id()) {
          found.add(
              new DetectedObject(
                  classOf(shape, truth), shape.score(), shape.box(), shape.mask(image)));
        }
      }
      images.add(matching.of(image.id(), objects, found));
    }
    return AveragePrecision.of(truth.categories().size(), images);
  }

  private static int classOf(Shape shape, Truth truth) {
    return truth.categories().indexOf(new Category(shape.category()));
  }

  private static void check(AveragePrecision precision, Figures expected) {
    expected
        .figures()
        .forEach(
            (name, value) ->
                assertThat(precision.measures().getOrDefault(name, -1.0))
                    .as(name)
                    .isCloseTo(value, TOLERANCE));
    for (int i = 0; i < expected.categories().size(); i++) {
      OfCategory category = expected.categories().get(i);
      assertThat(precision.ofClass(i).orElse(-1)).isCloseTo(category.ap(), TOLERANCE);
      assertThat(precision.curve(i, 0)).containsExactly(category.curve50(), TOLERANCE);
      assertThat(precision.curve(i, 5)).containsExactly(category.curve75(), TOLERANCE);
    }
  }
}
