package io.deepincubation.core.division;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A division of a network into K modules of consecutive layers (Eq. 1), as the number of layers of
 * each module.
 *
 * <p>Target model, meta model and hybrid network are one architecture at three divisions, for
 * example (3,3,3,3), (1,1,1,1) and (1,3,1,1). A {@code moduleIndex} counts from 0 everywhere in
 * this project.
 *
 * @param depths layers of each module, each at least 1
 */
public record ModularDivision(List<Integer> depths) implements Serializable {

  /** Checks and copies. */
  public ModularDivision {
    depths = List.copyOf(depths);
    if (depths.isEmpty()) {
      throw new IllegalArgumentException("Cannot divide into no modules: expected at least 1");
    }
    for (int depth : depths) {
      if (depth < 1) {
        throw new IllegalArgumentException(
            "Cannot divide into depths "
                + depths
                + ": expected at least 1 layer a module, got "
                + depth);
      }
    }
  }

  /**
   * Modules of equal depth.
   *
   * @param depth layers of the whole network
   * @param moduleCount K, a divisor of the depth
   * @throws IllegalArgumentException if the depth is not a multiple of K
   */
  public static ModularDivision even(int depth, int moduleCount) {
    if (moduleCount < 1 || depth < moduleCount || depth % moduleCount != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot divide %d layers evenly into %d modules: expected a depth that is a multiple"
                  + " of the number of modules, or explicit depths",
              depth,
              moduleCount));
    }
    return new ModularDivision(Collections.nCopies(moduleCount, depth / moduleCount));
  }

  /** The number of modules, K. */
  public int moduleCount() {
    return depths.size();
  }

  /** The indices of all modules. */
  public Set<Integer> allModules() {
    return IntStream.range(0, moduleCount()).boxed().collect(Collectors.toUnmodifiableSet());
  }

  /** Layers of the whole network. */
  public int depth() {
    return depths.stream().mapToInt(Integer::intValue).sum();
  }

  /** Layers of one module. */
  public int depth(int moduleIndex) {
    return depths.get(moduleIndex);
  }

  /** The index of a module's first layer in the whole network. */
  public int offset(int moduleIndex) {
    return depths.subList(0, moduleIndex).stream().mapToInt(Integer::intValue).sum();
  }

  /**
   * The hybrid network's division (Eq. 3): this meta model with one module replaced by the
   * target's.
   *
   * @param target a division into as many modules
   * @param moduleIndex the module that is replaced
   */
  public ModularDivision hybrid(ModularDivision target, int moduleIndex) {
    requireSameModuleCount(target);
    var hybrid = new ArrayList<>(depths);
    hybrid.set(moduleIndex, target.depth(moduleIndex));
    return new ModularDivision(hybrid);
  }

  /**
   * Checks that another division has as many modules as this one.
   *
   * @throws IllegalArgumentException if it has not
   */
  public void requireSameModuleCount(ModularDivision other) {
    if (other.moduleCount() != moduleCount()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot pair division %s with %s: expected %d modules, got %d",
              this,
              other,
              moduleCount(),
              other.moduleCount()));
    }
  }

  @Override
  public String toString() {
    return depths.stream().map(String::valueOf).collect(Collectors.joining(",", "(", ")"));
  }
}
