package io.deepincubation.core.data.set;

import java.util.Arrays;
import java.util.List;

/**
 * The classes of a set.
 *
 * @param names by class number
 * @param labels which classes labels stand for
 * @param trainImages images of the training split
 * @param trainCounts those of each class
 */
public record Classes(
    List<String> names, LabelSets labels, long trainImages, List<Integer> trainCounts) {

  /** Copies. */
  public Classes {
    names = List.copyOf(names);
    trainCounts = List.copyOf(trainCounts);
  }

  /** Those of images in a table, each of one class. */
  public static Classes of(List<String> names, ImageTable train) {
    var counts = new int[names.size()];
    for (int label : train.labels()) {
      counts[label]++;
    }
    return new Classes(
        names,
        LabelSets.single(names.size()),
        train.size(),
        Arrays.stream(counts).boxed().toList());
  }

  /** Number of classes. */
  public int count() {
    return names.size();
  }

  /**
   * Weights by which each class counts as much as any other: images / (classes * images of the
   * class), or of several labels images without the class / images with it; 1 of a class without
   * images.
   */
  public List<Double> balancedWeights() {
    return trainCounts.stream().map(this::balancedWeight).toList();
  }

  private double balancedWeight(int images) {
    if (images == 0) {
      return 1;
    }
    return labels.areSeveral()
        ? (double) (trainImages - images) / images
        : (double) trainImages / ((double) count() * images);
  }
}
