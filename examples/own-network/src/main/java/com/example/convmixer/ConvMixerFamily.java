package com.example.convmixer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.BlockArchitecture;
import io.deepincubation.core.network.NetworkFamily;
import io.deepincubation.core.network.NetworkSize;
import java.util.List;
import java.util.Locale;

/**
 * ConvMixer ("Patches Are All You Need?", Trockman and Kolter, 2022) of DJL's blocks, as a family
 * that recipes ask for by {@code model.family: convmixer}.
 *
 * <p>{@code model.width} is its channels, {@code model.patch} the side of a patch, {@code
 * model.options.kernel} the side of the depthwise filters. Every module gives features of one
 * shape, channels x patches x patches, whatever its depth; the first one also has the patches, the
 * last one the classifier.
 */
public final class ConvMixerFamily implements NetworkFamily {

  private static final int KERNEL = 5;

  @Override
  public String name() {
    return "convmixer";
  }

  @Override
  public Architecture architecture(NetworkSize size) {
    int kernel = size.number("kernel", KERNEL);
    require(kernel % 2 == 1, "an odd model.options.kernel", kernel);
    require(
        size.patch() > 0 && size.image() % size.patch() == 0,
        "a model.patch that divides model.image, " + size.image(),
        size.patch());
    return new BlockArchitecture(
        new Shape(3, size.image(), size.image()),
        size.classes(),
        (division, moduleIndex) -> {
          var module = new SequentialBlock();
          if (moduleIndex == 0) {
            module.add(patches(size));
          }
          for (int layer = 0; layer < division.depth(moduleIndex); layer++) {
            module.add(mixing(size.width(), kernel));
          }
          if (moduleIndex == division.moduleCount() - 1) {
            module.add(classifier(size.classes()));
          }
          return module;
        });
  }

  private static Block patches(NetworkSize size) {
    var side = new Shape(size.patch(), size.patch());
    return activated(
        Conv2d.builder().setKernelShape(side).optStride(side).setFilters(size.width()).build());
  }

  /** A residual depthwise convolution, then one over channels. */
  private static Block mixing(int width, int kernel) {
    Block depthwise =
        activated(
            Conv2d.builder()
                .setKernelShape(new Shape(kernel, kernel))
                .optPadding(new Shape(kernel / 2, kernel / 2))
                .optGroups(width)
                .setFilters(width)
                .build());
    Block residual =
        new ParallelBlock(
            branches -> {
              NDArray sum = branches.get(0).singletonOrThrow().add(branches.get(1).singletonOrThrow());
              return new NDList(sum);
            },
            List.of(depthwise, Blocks.identityBlock()));
    Block pointwise =
        activated(Conv2d.builder().setKernelShape(new Shape(1, 1)).setFilters(width).build());
    return new SequentialBlock().add(residual).add(pointwise);
  }

  private static Block activated(Block convolution) {
    return new SequentialBlock()
        .add(convolution)
        .add(Activation.geluBlock())
        .add(BatchNorm.builder().build());
  }

  private static Block classifier(int classes) {
    return new SequentialBlock()
        .add(Pool.globalAvgPool2dBlock())
        .add(Linear.builder().setUnits(classes).build());
  }

  private static void require(boolean fits, String expected, int got) {
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "expected %s, got %d", expected, got));
    }
  }
}
