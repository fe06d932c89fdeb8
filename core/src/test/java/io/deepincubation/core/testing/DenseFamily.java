package io.deepincubation.core.testing;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.BlockArchitecture;
import io.deepincubation.core.network.NetworkFamily;
import io.deepincubation.core.network.NetworkSize;

/** A family that the tests' class path brings: linear layers of DJL. */
public final class DenseFamily implements NetworkFamily {

  public static final String NAME = "dense";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Architecture architecture(NetworkSize size) {
    int extra = size.number("extra", 0);
    if (size.width() < 2) {
      throw new IllegalArgumentException(
          "expected a model.width of at least 2, got " + size.width());
    }
    return new BlockArchitecture(
        new Shape(3, size.image(), size.image()),
        size.classes(),
        (division, moduleIndex) -> {
          var block = new SequentialBlock();
          if (moduleIndex == 0) {
            block.add(Blocks.batchFlattenBlock());
          }
          for (int layer = 0; layer < division.depth(moduleIndex) + extra; layer++) {
            block.add(Linear.builder().setUnits(size.width()).build()).add(Activation.reluBlock());
          }
          if (moduleIndex == division.moduleCount() - 1) {
            block.add(Linear.builder().setUnits(size.classes()).build());
          }
          return block;
        });
  }
}
