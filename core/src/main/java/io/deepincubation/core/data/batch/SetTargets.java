package io.deepincubation.core.data.batch;

import io.deepincubation.core.data.augment.Mix;
import io.deepincubation.core.data.set.LabelSets;
import java.util.Arrays;
import java.util.List;

/**
 * Targets of images with any number of classes, B x 2 x classes: what the loss of the answer yes is
 * multiplied by for each class, then that of no.
 *
 * <pre>
 * y = lambda of an image's own answers and 1 - lambda of its partner's,
 *     each 1 - s / 2 for yes and s / 2 for no
 * targets = (weight * y, 1 - y)
 * </pre>
 *
 * @param sets the classes of each label
 * @param smoothing s
 * @param weights of the classes
 */
public record SetTargets(LabelSets sets, double smoothing, List<Double> weights)
    implements Targets {

  /** Copies. */
  public SetTargets {
    weights = List.copyOf(weights);
  }

  @Override
  public int values() {
    return 2 * sets.classes();
  }

  @Override
  public int labels() {
    return sets.labels();
  }

  @Override
  public float[] of(int[] labels, Mix mix, Annotations annotations) {
    int classes = sets.classes();
    var targets = new float[labels.length * values()];
    var answers = new double[classes];
    for (int i = 0; i < labels.length; i++) {
      Arrays.fill(answers, smoothing / 2);
      add(answers, labels[i], mix.lambda());
      add(answers, labels[labels.length - 1 - i], 1 - mix.lambda());
      for (int column = 0; column < classes; column++) {
        int place = i * values() + column;
        targets[place] = (float) (weights.get(column) * answers[column]);
        targets[place + classes] = (float) (1 - answers[column]);
      }
    }
    return targets;
  }

  private void add(double[] answers, int label, double share) {
    for (int each : sets.of(label)) {
      answers[each] += share * (1 - smoothing);
    }
  }
}
