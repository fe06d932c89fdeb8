package io.deepincubation.core.evaluation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The detections of one class on all images, by falling score; of equal ones as images come. */
final class RankedMatches {

  private final List<ClassMatches> images;
  private final int[] imageOf;
  private final int[] rankOf;

  /** Takes the images in rising order. */
  RankedMatches(List<ClassMatches> images) {
    this.images = images;
    int total = images.stream().mapToInt(image -> image.scores().length).sum();
    int[] image = new int[total];
    int[] rank = new int[total];
    double[] score = new double[total];
    int size = 0;
    for (int i = 0; i < images.size(); i++) {
      double[] scores = images.get(i).scores();
      for (int j = 0; j < scores.length; j++) {
        image[size] = i;
        rank[size] = j;
        score[size++] = scores[j];
      }
    }
    int[] order =
        IntStream.range(0, total)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -score[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    this.imageOf = Arrays.stream(order).map(i -> image[i]).toArray();
    this.rankOf = Arrays.stream(order).map(i -> rank[i]).toArray();
  }

  /** Annotated objects that count. */
  int objects(AreaRange range) {
    return images.stream().mapToInt(image -> image.objects()[range.index()]).sum();
  }

  /**
   * Precision over recall.
   *
   * @param limit detections of each image that count
   */
  Curve curve(AreaRange range, int threshold, int limit) {
    long bit = ClassMatches.bit(range, threshold);
    int objects = objects(range);
    double[] precision = new double[imageOf.length];
    double[] recall = new double[imageOf.length];
    int size = 0;
    int right = 0;
    int wrong = 0;
    for (int i = 0; i < imageOf.length; i++) {
      if (rankOf[i] < limit) {
        ClassMatches image = images.get(imageOf[i]);
        right += (image.right()[rankOf[i]] & bit) != 0 ? 1 : 0;
        wrong += (image.wrong()[rankOf[i]] & bit) != 0 ? 1 : 0;
        recall[size] = (double) right / objects;
        precision[size++] = right / (wrong + right + Math.ulp(1.0));
      }
    }
    return new Curve(points(precision, recall, size), (double) right / objects);
  }

  private static double[] points(double[] precision, double[] recall, int size) {
    for (int i = size - 1; i > 0; i--) {
      precision[i - 1] = Math.max(precision[i - 1], precision[i]);
    }
    double[] points = new double[Thresholds.RECALLS];
    int at = 0;
    for (int i = 0; i < points.length; i++) {
      while (at < size && recall[at] < Thresholds.recall(i)) {
        at++;
      }
      points[i] = at < size ? precision[at] : 0;
    }
    return points;
  }

  /**
   * Precision at each point of recall.
   *
   * @param precision 0 where the recall is not reached
   * @param recall the highest
   */
  record Curve(double[] precision, double recall) {}
}
