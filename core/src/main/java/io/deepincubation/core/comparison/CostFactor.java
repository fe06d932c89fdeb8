package io.deepincubation.core.comparison;

import io.deepincubation.core.comparison.Comparison.Cell;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How many times less one method costs for another's best accuracy (Fig. 4).
 *
 * @param factor the other's cost at its best over the method's cost at that accuracy
 * @param atLeast whether it is a lower bound: the method is better than that at its lowest cost
 *     already, which then stands for what it costs
 */
record CostFactor(double factor, boolean atLeast) {

  /**
   * The factor of one seed. What the method costs is interpolated linearly in the logarithm of the
   * cost, where its accuracy first comes to the other's best.
   *
   * @param method its trainings of one seed, by rising cost
   * @param other the other's
   * @return empty where the accuracy is not reached, or a training has not come to its end
   */
  static Optional<CostFactor> of(List<Cell> method, List<Cell> other) {
    if (!method.stream().allMatch(Cell::isDone) || !other.stream().allMatch(Cell::isDone)) {
      return Optional.empty();
    }
    Cell best = other.get(0);
    for (Cell cell : other) {
      best = top1(cell) > top1(best) ? cell : best;
    }
    double wanted = top1(best);
    for (int i = 0; i < method.size(); i++) {
      if (top1(method.get(i)) >= wanted) {
        double cost =
            i == 0
                ? method.get(0).computedFlops()
                : between(method.get(i - 1), method.get(i), wanted);
        boolean atLeast = i == 0 && top1(method.get(0)) > wanted;
        return Optional.of(new CostFactor(best.computedFlops() / cost, atLeast));
      }
    }
    return Optional.empty();
  }

  private static double between(Cell below, Cell above, double wanted) {
    double share = (wanted - top1(below)) / (top1(above) - top1(below));
    double from = Math.log(below.computedFlops());
    return Math.exp(from + share * (Math.log(above.computedFlops()) - from));
  }

  private static double top1(Cell cell) {
    return Objects.requireNonNull(cell.top1());
  }
}
