package io.deepincubation.core.network;

import io.deepincubation.core.division.ModularDivision;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * First weights of a target module made of its counterpart's in the meta model, instead of fresh
 * ones. What is no layer's, such as embedding, stem, norm and head, is copied.
 */
public enum ModuleGrowth {

  /** Target layer j of d begins as meta layer floor(j m / d) of m. */
  STACKED {
    @Override
    int source(int layer, int depth, int metaDepth) {
      return layer * metaDepth / depth;
    }

    @Override
    boolean isClosed(int layer, int metaDepth) {
      return false;
    }
  },

  /**
   * The first layers begin as the meta module's; those after them as copies of its last one that
   * change nothing yet, since what ends their branches is 0. So the module gives what the meta
   * module gives.
   */
  GROWN {
    @Override
    int source(int layer, int depth, int metaDepth) {
      return Math.min(layer, metaDepth - 1);
    }

    @Override
    boolean isClosed(int layer, int metaDepth) {
      return layer >= metaDepth;
    }
  };

  /** The meta layer that a target layer is made of. */
  abstract int source(int layer, int depth, int metaDepth);

  /** Whether a target layer's branches end in 0. */
  abstract boolean isClosed(int layer, int metaDepth);

  /**
   * Weights of a target module.
   *
   * @param architecture the family
   * @param meta the meta model's depths
   * @param target the target model's depths, this module's at least the meta module's
   * @param moduleIndex the module
   * @param metaModule the meta module's weights, in the order of its parameters
   * @param fresh the target module's weights where the meta module has none of that shape, as a
   *     residual network's first layer of a group has other shapes than the next; in the order of
   *     its parameters
   * @return named as in the target model
   * @throws IllegalArgumentException if the meta module is deeper, or if the family's modules are
   *     not made of layers of one kind, as a user's own blocks
   */
  public Weights of(
      Architecture architecture,
      ModularDivision meta,
      ModularDivision target,
      int moduleIndex,
      Weights metaModule,
      Weights fresh) {
    meta.requireSameModuleCount(target);
    int depth = target.depth(moduleIndex);
    int metaDepth = meta.depth(moduleIndex);
    if (metaDepth > depth) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot make %d layers of module %d out of the meta module's: expected at most %d,"
                  + " got %d",
              depth,
              moduleIndex,
              depth,
              metaDepth));
    }
    Map<String, Weights.Tensor> known =
        metaModule.renamed(names(architecture.parameters(meta, moduleIndex))).tensors();
    Map<String, Weights.Tensor> drawn =
        fresh.renamed(names(architecture.parameters(target, moduleIndex))).tensors();
    var grown = new LinkedHashMap<>(drawn);
    var rest = new LinkedHashSet<>(drawn.keySet());
    for (int layer = 0; layer < depth; layer++) {
      String to = architecture.layerPrefix(target, moduleIndex, layer);
      String from = architecture.layerPrefix(meta, moduleIndex, source(layer, depth, metaDepth));
      for (String name : drawn.keySet()) {
        if (name.startsWith(to)) {
          rest.remove(name);
          String tail = name.substring(to.length());
          grown.computeIfPresent(name, (key, own) -> fitting(own, known.get(from + tail)));
          if (isClosed(layer, metaDepth) && architecture.closingParameters().contains(tail)) {
            grown.computeIfPresent(name, (key, own) -> zeros(own));
          }
        }
      }
    }
    for (String name : rest) {
      grown.computeIfPresent(name, (key, own) -> fitting(own, known.get(name)));
    }
    return new Weights(grown);
  }

  private static List<String> names(List<ParameterSpec> specs) {
    return specs.stream().map(ParameterSpec::name).toList();
  }

  private static Weights.Tensor fitting(Weights.Tensor own, Weights.@Nullable Tensor other) {
    return other != null && other.shape().equals(own.shape()) ? other : own;
  }

  private static Weights.Tensor zeros(Weights.Tensor like) {
    return new Weights.Tensor(like.shape(), new float[like.values().length]);
  }
}
