package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.deepincubation.core.data.pixels.Normalization;
import io.deepincubation.core.network.LossProgram;
import io.deepincubation.core.script.HostArrays;
import io.deepincubation.core.script.ScriptProgram;
import io.deepincubation.core.script.TorchEngine;

/**
 * The losses of all ways to train, each a scalar in fp32 with its graph where autograd records, in
 * the manager of its first argument. Threads may compute them at once.
 */
final class Losses {

  private static final String SOURCE =
      """
      def reconstruction(self, logits: Tensor, pixels: Tensor) -> Tensor:
        return torch.binary_cross_entropy_with_logits(logits, pixels, None, None, 1)

      # The gradient of |x| is 0 at 0
      def distance(self, features: Tensor, aim: Tensor) -> Tensor:
        return torch.mean(torch.abs(torch.sub(features, aim)))

      # Constants are numbers: a GPU would be waited for to get arrays
      def pixels(self, images: Tensor) -> Tensor:
        red, green, blue = torch.unbind(images, 1)
        undone = torch.stack([
          torch.add(torch.mul(red, STD0), MEAN0),
          torch.add(torch.mul(green, STD1), MEAN1),
          torch.add(torch.mul(blue, STD2), MEAN2)], 1)
        return torch.clamp(undone, 0., 1.)

      def weigh(self, loss: Tensor, factor: Tensor) -> Tensor:
        return torch.mul(loss, factor)

      def add(self, one: Tensor, other: Tensor) -> Tensor:
        return torch.add(one, other)
      """;

  private final ScriptProgram program;

  /**
   * Compiles them.
   *
   * @param manager of the network that is trained
   * @param task the task's loss
   */
  Losses(NDManager manager, LossProgram task) {
    String source = SOURCE;
    for (int channel = 0; channel < Normalization.IMAGENET_MEAN.size(); channel++) {
      source =
          source
              .replace("STD" + channel, String.valueOf(Normalization.IMAGENET_STD.get(channel)))
              .replace("MEAN" + channel, String.valueOf(Normalization.IMAGENET_MEAN.get(channel)));
    }
    program = ScriptProgram.load(manager, task.forward() + "\n" + source);
  }

  /**
   * The task's loss, averaged over the images.
   *
   * @param outputs of the network or of a module's head, B x ...
   * @param targets B x ..., as the task says
   */
  NDArray task(NDArray outputs, NDArray targets) {
    return call("loss", outputs, targets);
  }

  /**
   * InfoPro's bound of what features know of their image: the binary cross-entropy of every pixel
   * and channel, averaged over all. Its least value is the pixels' own entropy.
   *
   * @param logits before the sigmoid, B x C x H x W
   * @param pixels in [0, 1], B x C x H x W
   */
  NDArray reconstruction(NDArray logits, NDArray pixels) {
    return call("reconstruction", logits, pixels);
  }

  /**
   * The L1 distance, averaged over all values; its gradient is 0 where both are equal.
   *
   * @param features B x ...
   * @param aim of the same shape
   */
  NDArray distance(NDArray features, NDArray aim) {
    return call("distance", features, aim);
  }

  /**
   * The pixels of normalised images, clamped to [0, 1]: random erasing's noise may leave it.
   *
   * @param images B x 3 x H x W, normalised as ImageNet is
   */
  NDArray pixels(NDArray images) {
    return call("pixels", images);
  }

  /** A loss times a factor. */
  NDArray weighted(NDArray loss, double factor) {
    try (NDManager host = TorchEngine.hostManager(loss.getManager())) {
      return call("weigh", loss, HostArrays.scalar(host, factor));
    }
  }

  /** The sum of two losses. */
  NDArray sum(NDArray one, NDArray other) {
    return call("add", one, other);
  }

  private NDArray call(String method, NDArray... arguments) {
    return program.call(arguments[0].getManager(), method, new NDList(arguments)).head();
  }
}
