package io.deepincubation.core.statistics;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Holm's correction: of many claims at once, none shall be false but 5 times in 100. */
public final class Holm {

  private Holm() {}

  /**
   * Adjusts probabilities for one another: a claim holds where its own is below 0.05.
   *
   * @param p two-sided probability of each claim by chance, 0 to 1
   * @return one for each in the same order, at least as large, 1 at most
   */
  public static double[] adjusted(List<Double> p) {
    List<Integer> order =
        IntStream.range(0, p.size()).boxed().sorted(Comparator.comparing(p::get)).toList();
    double[] adjusted = new double[p.size()];
    double most = 0;
    for (int rank = 0; rank < order.size(); rank++) {
      int claim = order.get(rank);
      most = Math.max(most, Math.min(1, (p.size() - rank) * p.get(claim)));
      adjusted[claim] = most;
    }
    return adjusted;
  }
}
