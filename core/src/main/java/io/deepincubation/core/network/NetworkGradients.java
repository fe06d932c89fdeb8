package io.deepincubation.core.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.HostArrays;
import io.deepincubation.core.script.ScriptProgram;
import io.deepincubation.core.script.TorchEngine;
import java.util.List;

/**
 * The loss and the gradients of a whole network as one native call, without autograd.
 *
 * <p>The loss is the task's, averaged over the images given. Threads may compute parts of a batch
 * at once, each with its own sums.
 */
public final class NetworkGradients {

  private final ScriptProgram program;
  private final List<NetworkModule> modules;

  NetworkGradients(ScriptProgram program, List<NetworkModule> modules) {
    this.program = program;
    this.modules = modules;
  }

  /**
   * Adds the gradients of some images to sums, or begins the sums with them.
   *
   * @param images B x C x H x W
   * @param targets B x ..., as the task says
   * @param keep each module's scales of kept branches, (2 x droppable layers) x B, or no rows to
   *     keep everything
   * @param share factor of the gradients and of the loss
   * @param begin whether the gradients replace what the sums hold
   * @param sums of the trained modules' gradients, in the order of their parameters
   * @param total sum of the losses, a scalar
   */
  public void gather(
      NDArray images,
      NDArray targets,
      NDList keep,
      double share,
      boolean begin,
      NDList sums,
      NDArray total) {
    try (NDManager call = images.getManager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      var arguments = new NDList(images, targets);
      arguments.addAll(ScriptProgram.listOf("keep", keep));
      arguments.add(total);
      NDManager host = TorchEngine.hostManager(call);
      arguments.add(HostArrays.scalar(host, share));
      arguments.add(HostArrays.scalar(host, begin ? 1 : 0));
      for (int i = 0; i < modules.size(); i++) {
        arguments.addAll(ScriptProgram.listOf("p" + i, modules.get(i).parameters()));
      }
      arguments.addAll(ScriptProgram.listOf("sums", sums));
      program.call(call, "gather", arguments);
    }
  }
}
