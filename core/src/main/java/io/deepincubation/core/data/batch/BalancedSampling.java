package io.deepincubation.core.data.batch;

import io.deepincubation.core.data.set.LabelSets;
import io.deepincubation.core.random.Permutation;
import io.deepincubation.core.random.RandomStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Draws images so that each class comes as often as any other: class after class in rounds, each
 * round in an order of its own, and of a class its images one after the other, again from the first
 * after the last. Images without any class make up one more. An image of several classes is drawn
 * for each.
 *
 * @param sets the classes of each label
 * @param labels of all images, by row
 */
record BalancedSampling(LabelSets sets, int[] labels) {

  /**
   * As many rows as are given, of those.
   *
   * @param rows in a random order
   * @param random decides the order of the classes
   */
  int[] draw(int[] rows, RandomStream random) {
    List<List<Integer>> groups = groups(rows);
    var next = new int[groups.size()];
    var drawn = new int[rows.length];
    int filled = 0;
    while (filled < rows.length) {
      for (int group : Permutation.of(random, groups.size())) {
        if (filled < rows.length) {
          List<Integer> members = groups.get(group);
          drawn[filled++] = members.get(next[group]++ % members.size());
        }
      }
    }
    return drawn;
  }

  /** The rows of each class that there are any of. */
  private List<List<Integer>> groups(int[] rows) {
    var groups = new ArrayList<List<Integer>>();
    for (int i = 0; i <= sets.classes(); i++) {
      groups.add(new ArrayList<>());
    }
    for (int row : rows) {
      List<Integer> classes = sets.of(labels[row]);
      for (int each : classes.isEmpty() ? List.of(sets.classes()) : classes) {
        groups.get(each).add(row);
      }
    }
    return groups.stream().filter(group -> !group.isEmpty()).toList();
  }
}
