package io.deepincubation.core.data.set;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which classes a label stands for: itself, or one of several sets where images have any number of
 * classes.
 *
 * @param classes number of classes
 * @param sets the classes, rising, that each label stands for, by its number; null where a label is
 *     a class
 */
public record LabelSets(int classes, @Nullable List<List<Integer>> sets) implements Serializable {

  /** Copies. */
  public LabelSets {
    sets = sets == null ? null : sets.stream().map(List::copyOf).toList();
  }

  /** Each label is a class. */
  public static LabelSets single(int classes) {
    return new LabelSets(classes, null);
  }

  /** Whether images have any number of classes. */
  public boolean areSeveral() {
    return sets != null;
  }

  /** A number that all labels are below. */
  public int labels() {
    return sets == null ? classes : sets.size();
  }

  /** The classes that a label stands for. */
  public List<Integer> of(int label) {
    return sets == null ? List.of(label) : sets.get(label);
  }

  /**
   * Images of each class.
   *
   * @param ofLabels images of each label, by its number
   */
  public List<Integer> ofClasses(List<Integer> ofLabels) {
    var counts = new int[classes];
    for (int label = 0; label < ofLabels.size(); label++) {
      for (int each : of(label)) {
        counts[each] += ofLabels.get(label);
      }
    }
    return IntStream.of(counts).boxed().toList();
  }
}
