package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.ModularNetwork.BatchPart;
import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.script.ScriptProgram;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The task's own loss at the output of a network, over the parameters of some of its modules (Eq. 5
 * with one module; end-to-end training and fine-tuning with all).
 *
 * <p>Modules before the first trained one build no graph, since nothing in them asks for gradients;
 * modules after the last one pass gradients through but get none themselves.
 */
public final class TaskObjective implements Objective {

  private static final String SOFT_CROSS_ENTROPY =
      """
      def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        each = torch.sum(torch.mul(targets, torch.log_softmax(logits, -1)), [-1])
        return torch.neg(torch.mean(each))
      """;

  private final ModularNetwork network;
  private final Set<Integer> trainedModules;
  private final StochasticDepth stochasticDepth;
  private final ScriptProgram loss;

  /**
   * Makes the parameters of some modules trainable.
   *
   * @param network the network
   * @param trainedModules indices of the modules that are trained; the others stay as they are
   * @param stochasticDepth how branches are dropped, in all modules
   */
  public TaskObjective(
      ModularNetwork network, Set<Integer> trainedModules, StochasticDepth stochasticDepth) {
    this.network = network;
    this.trainedModules = Set.copyOf(trainedModules);
    this.stochasticDepth = stochasticDepth;
    loss = ScriptProgram.load(network.manager(), SOFT_CROSS_ENTROPY);
    trainedModules.forEach(index -> network.modules().get(index).train());
  }

  /** All modules of a network. */
  public static Set<Integer> allModules(ModularNetwork network) {
    return IntStream.range(0, network.modules().size()).boxed().collect(Collectors.toSet());
  }

  @Override
  public List<NetworkModule> trained() {
    return trainedModules.stream().sorted().map(network.modules()::get).toList();
  }

  @Override
  public boolean independentImages() {
    return network.architecture().independentImages();
  }

  @Override
  public NDArray loss(NDArray images, NDArray targets, StepKey step) {
    NDManager manager = images.getManager();
    int count = Math.toIntExact(images.getShape().get(0));
    var part = new BatchPart(manager, step.images(), step.firstImage(), count);
    NDArray features = images;
    for (int i = 0; i < network.modules().size(); i++) {
      NDArray keep = network.keep(i, stochasticDepth, part, step.random("stochastic depth", i));
      features = network.modules().get(i).forward(features, keep, trainedModules.contains(i));
    }
    return loss.call(manager, "loss", new NDList(features, targets)).head();
  }
}
