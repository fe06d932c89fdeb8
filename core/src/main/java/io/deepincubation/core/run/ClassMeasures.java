package io.deepincubation.core.run;

import io.deepincubation.core.api.Evolving;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a network was measured to be worth class by class; each list has a value for each class, by
 * its number.
 *
 * @param images of the class
 * @param precision share of the images taken for the class that are of it, 0 to 1; 0 where none is
 * @param recall share of the class's images that are taken for it, 0 to 1; 0 where there are none
 * @param f1 harmonic mean of both; 0 where both are
 * @param averagePrecision area below precision over recall as the threshold falls, of several
 *     labels, 0 where the class has no images; null where an image has one label
 */
@Evolving
public record ClassMeasures(
    List<Long> images,
    List<Double> precision,
    List<Double> recall,
    List<Double> f1,
    @Nullable List<Double> averagePrecision) {

  /** Copies. */
  public ClassMeasures {
    images = List.copyOf(images);
    precision = List.copyOf(precision);
    recall = List.copyOf(recall);
    f1 = List.copyOf(f1);
    averagePrecision = averagePrecision == null ? null : List.copyOf(averagePrecision);
  }
}
