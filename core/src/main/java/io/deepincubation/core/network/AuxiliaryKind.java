package io.deepincubation.core.network;

/**
 * The kinds of auxiliary networks that local training puts on a module's features. They are trained
 * with their module and thrown away afterwards.
 */
public enum AuxiliaryKind {
  /**
   * Classifies a module's features in decoupled greedy learning (Belilovsky et al., 2020): B x ...
   * to B x classes.
   */
  DGL_HEAD("head"),
  /** Classifies a module's features in InfoPro (Wang et al., 2021): B x ... to B x classes. */
  INFOPRO_HEAD("head"),
  /**
   * Reconstructs the input image from a module's features in InfoPro: B x ... to B x C x H x W,
   * before the sigmoid.
   */
  INFOPRO_DECODER("decoder");

  private final String use;

  AuxiliaryKind(String use) {
    this.use = use;
  }

  /** What first weights are drawn for: the heads of both methods begin alike where they can. */
  String use() {
    return use;
  }
}
