package io.deepincubation.core.training;

import io.deepincubation.core.network.AuxiliaryKind;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What the modules of a network minimise where each is trained by a loss of its own (local
 * training): module k, but the last, {@code lambda1(k) * R + lambda2(k) * L}, with the
 * reconstruction loss R of a decoder and the task's loss L of a head, both on the module's
 * features; the last module the task's loss of the network's own head.
 *
 * @param head the kind of the heads
 * @param lambda1 factor of R for each module but the last, at least 0; where it is 0 there is no
 *     decoder
 * @param lambda2 factor of L for each module but the last, at least 0; where it is 0 there is no
 *     head
 */
public record LocalLosses(AuxiliaryKind head, List<Double> lambda1, List<Double> lambda2)
    implements Serializable {

  /** Checks and copies. */
  public LocalLosses {
    lambda1 = List.copyOf(lambda1);
    lambda2 = List.copyOf(lambda2);
    if (head == AuxiliaryKind.INFOPRO_DECODER) {
      throw new IllegalArgumentException("Cannot classify by " + head + ": expected a head");
    }
    if (lambda1.size() != lambda2.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot weigh local losses by %s and %s: expected as many of both",
              lambda1,
              lambda2));
    }
    for (int k = 0; k < lambda1.size(); k++) {
      requireLoss(k, lambda1.get(k), lambda2.get(k));
    }
  }

  private static void requireLoss(int moduleIndex, double lambda1, double lambda2) {
    boolean factors = lambda1 >= 0 && lambda2 >= 0 && Double.isFinite(lambda1 + lambda2);
    if (!factors || lambda1 + lambda2 == 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot train module %d by a loss of its own: expected factors of at least 0, one of"
                  + " them above, got lambda1 %s and lambda2 %s",
              moduleIndex,
              lambda1,
              lambda2));
    }
  }

  /**
   * Decoupled greedy learning (Belilovsky et al., 2020): the task's loss for every module.
   *
   * @param moduleCount K
   */
  public static LocalLosses dgl(int moduleCount) {
    int local = moduleCount - 1;
    return new LocalLosses(
        AuxiliaryKind.DGL_HEAD, Collections.nCopies(local, 0.0), Collections.nCopies(local, 1.0));
  }

  /**
   * InfoPro with the cross-entropy (Wang et al., 2021).
   *
   * @param lambda1 for each module but the last
   * @param lambda2 for each module but the last
   * @see #interpolated
   */
  public static LocalLosses infoPro(List<Double> lambda1, List<Double> lambda2) {
    return new LocalLosses(AuxiliaryKind.INFOPRO_HEAD, lambda1, lambda2);
  }

  /**
   * Factors that go evenly from that of module 0 to that of module K - 2, the last one with a local
   * loss.
   *
   * @param first of module 0; also where it is the only one
   * @param last of module K - 2
   * @param moduleCount K
   * @return K - 1 factors
   */
  public static List<Double> interpolated(double first, double last, int moduleCount) {
    return IntStream.range(0, moduleCount - 1)
        .mapToObj(
            k -> {
              double share = moduleCount == 2 ? 0 : k / (double) (moduleCount - 2);
              return first * (1 - share) + last * share;
            })
        .toList();
  }

  /** The number of modules, K. */
  public int moduleCount() {
    return lambda1.size() + 1;
  }

  /**
   * The auxiliary networks of a module, the head first; the last module has none.
   *
   * @param moduleIndex the module
   */
  public List<AuxiliaryKind> auxiliaries(int moduleIndex) {
    var kinds = new ArrayList<AuxiliaryKind>();
    if (moduleIndex < lambda1.size()) {
      if (lambda2.get(moduleIndex) > 0) {
        kinds.add(head);
      }
      if (lambda1.get(moduleIndex) > 0) {
        kinds.add(AuxiliaryKind.INFOPRO_DECODER);
      }
    }
    return List.copyOf(kinds);
  }
}
