package io.deepincubation.core.run;

import java.util.List;
import java.util.Optional;

/**
 * What a stage's network says of the test images, beside what it was measured to be worth.
 *
 * @param predicted the class that each image is taken for, in order, below 0 where the outputs are
 *     no numbers; empty where an image has none, or several
 * @param shares what each image, or group of images, gives a measure that is no mean over them;
 *     their mean is the measure; empty where it is such a mean
 * @param scenes the first images as annotated and as predicted, a JPEG file; empty where whole
 *     images are classified
 */
public record Answers(List<Integer> predicted, List<Double> shares, Optional<byte[]> scenes) {

  /** Copies. */
  public Answers {
    predicted = List.copyOf(predicted);
    shares = List.copyOf(shares);
  }
}
