package io.deepincubation.core.detection;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Which object each of N candidate boxes is matched to, and what it is to be taken for.
 *
 * @param objects the object of the highest overlap, of equal ones the first; 0 where none overlaps
 * @param labels {@link #FOREGROUND}, {@link #BACKGROUND} or {@link #IGNORED}
 */
public record Matches(int[] objects, int[] labels) {

  /** Of a candidate that stands for its object. */
  public static final int FOREGROUND = 1;

  /** Of a candidate that stands for no object. */
  public static final int BACKGROUND = 0;

  /** Of a candidate that is neither the one nor the other. */
  public static final int IGNORED = -1;

  /** Indices of the candidates of a label, rising. */
  int[] indices(int label) {
    return IntStream.range(0, labels.length).filter(i -> labels[i] == label).toArray();
  }

  /**
   * Matches by overlap alone.
   *
   * @param background overlaps below are of background
   * @param foreground overlaps from here on are of foreground; those between are ignored
   */
  static Matches byOverlap(
      float[] candidates, float[] objects, double background, double foreground) {
    return new Search(candidates, objects).matches((float) background, (float) foreground);
  }

  /** Besides, the candidates of the highest overlap with each object are of foreground. */
  static Matches byOverlapAndObject(
      float[] candidates, float[] objects, double background, double foreground) {
    var search = new Search(candidates, objects);
    Matches matches = search.matches((float) background, (float) foreground);
    search.addBestOfEachObject(matches.labels);
    return matches;
  }

  /** Objects one by one over all candidates, most of which they do not reach. */
  private static final class Search {

    private final float[] candidates;
    private final float[] objects;
    private final float[] best;
    private final int[] matched;
    private final float[] bestOfObject;

    Search(float[] candidates, float[] objects) {
      this.candidates = candidates;
      this.objects = objects;
      this.best = new float[Boxes.count(candidates)];
      this.matched = new int[best.length];
      this.bestOfObject = new float[Boxes.count(objects)];
      for (int object = 0; object < bestOfObject.length; object++) {
        search(object);
      }
    }

    private void search(int object) {
      for (int i = 0; i < best.length; i++) {
        float overlap = Boxes.overlap(candidates, i, objects, object);
        if (overlap > best[i]) {
          best[i] = overlap;
          matched[i] = object;
        }
        if (overlap > bestOfObject[object]) {
          bestOfObject[object] = overlap;
        }
      }
    }

    Matches matches(float background, float foreground) {
      int[] labels = new int[best.length];
      Arrays.setAll(
          labels,
          i -> best[i] < background ? BACKGROUND : best[i] < foreground ? IGNORED : FOREGROUND);
      return new Matches(matched, labels);
    }

    /** An object that nothing reaches has none. */
    void addBestOfEachObject(int[] labels) {
      for (int object = 0; object < bestOfObject.length; object++) {
        for (int i = 0; i < best.length && bestOfObject[object] > 0; i++) {
          if (Boxes.overlap(candidates, i, objects, object) == bestOfObject[object]) {
            labels[i] = FOREGROUND;
          }
        }
      }
    }
  }
}
