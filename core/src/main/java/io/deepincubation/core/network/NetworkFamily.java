package io.deepincubation.core.network;

import io.deepincubation.core.api.Evolving;

/**
 * Networks that recipes ask for by {@code model.family}. With one's own, networks of one's own DJL
 * blocks are trained on executors, loaded, exported and told of like the library's.
 *
 * <p>A jar on the class path names its families in {@code
 * META-INF/services/io.deepincubation.core.network.NetworkFamily}. Each process makes the networks
 * anew from a recipe or a model's {@code config.json}, so a family is a pure function of its
 * arguments; it has a public constructor without arguments.
 */
@Evolving
public interface NetworkFamily {

  /** What recipes call it, in lower case, such as {@code mlp-mixer}. */
  String name();

  /**
   * Networks of a size, such as a {@link BlockArchitecture}.
   *
   * @throws IllegalArgumentException if there are none of that size; the message, such as {@code
   *     expected a model.width of at least 8, got 2}, is shown beside the recipe's key
   */
  Architecture architecture(NetworkSize size);

  /**
   * Whether the architectures tell the layers of their modules apart ({@link
   * Architecture#layerPrefix}), so that modules may start {@code grown} or {@code stacked}.
   */
  default boolean tellsLayers() {
    return false;
  }

  /**
   * Whether the architectures tell heads apart ({@link Architecture#trunk}) and have auxiliary
   * networks ({@link Architecture#auxiliary}), so that modules may be trained to imitate, or by
   * losses of their own.
   */
  default boolean tellsHeads() {
    return false;
  }
}
