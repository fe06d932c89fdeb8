package io.deepincubation.core.run;

import io.deepincubation.core.api.Evolving;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a network was measured to be worth class by class; each list has a value for each class, by
 * its number.
 *
 * @param images of the class, or that it is on
 * @param precision share of the images, or pixels, taken for the class that are of it, 0 to 1; 0
 *     where none is. Of objects: share of those found that are of the class, by boxes that overlap
 *     by half at least, at the score of the highest F1
 * @param recall share of the class's images, or pixels, or objects, that are taken for it, 0 to 1;
 *     0 where there are none
 * @param f1 harmonic mean of both; 0 where both are
 * @param averagePrecision area below precision over recall as the threshold falls, of several
 *     labels, or COCO's of boxes, 0 where the class has no images; null where an image, or a pixel,
 *     has one label
 * @param overlap intersection over union of the class's pixels, 0 where it neither is nor is
 *     predicted; null where no pixels are told apart
 * @param maskPrecision COCO's average precision of masks, 0 where the class has none; null where no
 *     objects, or not all of their masks, are known
 * @param curves of objects' boxes: precision over recall; null where no objects are found
 */
@Evolving
public record ClassMeasures(
    List<Long> images,
    List<Double> precision,
    List<Double> recall,
    List<Double> f1,
    @Nullable List<Double> averagePrecision,
    @Nullable List<Double> overlap,
    @Nullable List<Double> maskPrecision,
    @Nullable List<PrecisionCurve> curves) {

  /**
   * Precision over recall, the mean of the classes that have objects.
   *
   * @param title what counts as found
   * @param precision at recalls in equal steps from 0 to 1, each 0 to 1
   */
  @Evolving
  public record PrecisionCurve(String title, List<Double> precision) {

    /** Copies. */
    public PrecisionCurve {
      precision = List.copyOf(precision);
    }
  }

  /** Of whole images. */
  public ClassMeasures(
      List<Long> images,
      List<Double> precision,
      List<Double> recall,
      List<Double> f1,
      @Nullable List<Double> averagePrecision) {
    this(images, precision, recall, f1, averagePrecision, null, null, null);
  }

  /** Each class's measures for people, by title, in the order of tables; shares from 0 to 1. */
  public Map<String, List<Double>> columns() {
    var columns = new LinkedHashMap<String, List<Double>>();
    if (overlap != null) {
      columns.put("IoU", overlap);
      columns.put("accuracy", recall);
      return columns;
    }
    columns.put("precision", precision);
    columns.put("recall", recall);
    columns.put("F1", f1);
    if (averagePrecision != null) {
      columns.put(curves == null ? "average precision" : "AP of boxes", averagePrecision);
    }
    if (maskPrecision != null) {
      columns.put("AP of masks", maskPrecision);
    }
    return columns;
  }

  /** Copies. */
  public ClassMeasures {
    images = List.copyOf(images);
    precision = List.copyOf(precision);
    recall = List.copyOf(recall);
    f1 = List.copyOf(f1);
    averagePrecision = averagePrecision == null ? null : List.copyOf(averagePrecision);
    overlap = overlap == null ? null : List.copyOf(overlap);
    maskPrecision = maskPrecision == null ? null : List.copyOf(maskPrecision);
    curves = curves == null ? null : List.copyOf(curves);
  }
}
