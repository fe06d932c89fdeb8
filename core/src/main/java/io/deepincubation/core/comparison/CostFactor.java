package io.deepincubation.core.comparison;

import io.deepincubation.core.comparison.Comparison.Cell;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** How many times less one method costs for another's best accuracy (Fig. 4). */
final class CostFactor {

  private CostFactor() {}

  /**
   * The other's cost at its best over the method's cost at that accuracy, interpolated linearly in
   * the logarithm of the cost.
   *
   * @param method its trainings of one seed, by rising cost
   * @param other the other's
   * @return empty where the accuracy is not reached, or lies below what was measured, so that there
   *     is nothing to interpolate between
   */
  static Optional<Double> of(List<Cell> method, List<Cell> other) {
    if (!method.stream().allMatch(Cell::isDone) || !other.stream().allMatch(Cell::isDone)) {
      return Optional.empty();
    }
    Cell best = other.get(0);
    for (Cell cell : other) {
      best = top1(cell) > top1(best) ? cell : best;
    }
    double wanted = top1(best);
    for (int i = 1; i < method.size(); i++) {
      Cell below = method.get(i - 1);
      Cell above = method.get(i);
      if (top1(below) <= wanted && wanted <= top1(above) && top1(below) < top1(above)) {
        return Optional.of(best.computedFlops() / between(below, above, wanted));
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
