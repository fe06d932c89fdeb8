package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.network.NetworkPart;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.script.GradientMode;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Module Imitation (Fig. 2b), which module incubation is compared with: a target module gets the
 * input of its counterpart in the meta model and learns to give the same output.
 *
 * <pre>
 * loss = mean |M_i(h) - M^_i(h)| over images, tokens or pixels, and channels,
 * h = M^_(i-1)(... M^_0(x))
 * </pre>
 *
 * <p>Meta modules drop nothing and keep their running statistics. Of a last module, features are
 * what its head reads: a vision transformer's class token after the last layer, a residual
 * network's last feature map; its head is not trained, and neither modules after i nor targets
 * matter. Stochastic depth drops the branches of M_i that it would drop in incubation.
 */
public final class ImitationObjective implements Objective {

  private final ModularNetwork network;
  private final Task task;
  private final int moduleIndex;
  private final DroppedBranches dropped;
  private final Losses losses;
  private final NetworkModule student;
  private final NetworkModule model;

  /**
   * Makes the module's parameters trainable, without those of a head.
   *
   * @param hybrid the meta model with module i replaced by the target's (Eq. 3); it owns the arrays
   * @param task what the hybrid network is measured by
   * @param moduleIndex i
   * @param meta the meta model's depths
   * @param metaModule weights of the meta model's own module i, in the order of its parameters
   * @param stochasticDepth how branches of M_i are dropped, over the layers of the hybrid network
   * @throws IllegalArgumentException if i is the last module and the network's family does not know
   *     its head
   */
  public ImitationObjective(
      ModularNetwork hybrid,
      Task task,
      int moduleIndex,
      ModularDivision meta,
      Weights metaModule,
      StochasticDepth stochasticDepth) {
    meta.requireSameModuleCount(hybrid.division());
    this.network = hybrid;
    this.task = task;
    this.moduleIndex = moduleIndex;
    dropped = new DroppedBranches(hybrid, stochasticDepth);
    losses = new Losses(hybrid.manager(), task.loss());
    NetworkPart aim = hybrid.architecture().trunk(meta, moduleIndex);
    model =
        new NetworkModule(
            aim, hybrid.manager(), hybrid.compute(), metaModule.first(aim.specs().size()));
    student = hybrid.trunk(moduleIndex);
    student.train();
  }

  /**
   * A target module's weights with the head of its counterpart in the meta model, which reads what
   * a last module imitates; other modules have none. The head is not trained here, so that the
   * hybrid network and the assembled model have it too if this module begins so.
   *
   * @param architecture the family
   * @param target the target model's depths
   * @param moduleIndex the module
   * @param fresh the target module's first weights, in the order of its parameters
   * @param metaModule the meta module's weights, in the order of its parameters
   * @throws IllegalArgumentException if this is the last module and the family does not know its
   *     head
   */
  public static Weights withMetaHead(
      Architecture architecture,
      ModularDivision target,
      int moduleIndex,
      Weights fresh,
      Weights metaModule) {
    int own = architecture.trunk(target, moduleIndex).specs().size();
    var tensors = new LinkedHashMap<>(fresh.first(own).tensors());
    List<String> head = List.copyOf(fresh.tensors().keySet()).subList(own, fresh.tensors().size());
    List<Weights.Tensor> known = List.copyOf(metaModule.tensors().values());
    for (int i = 0; i < head.size(); i++) {
      tensors.put(head.get(i), known.get(known.size() - head.size() + i));
    }
    return new Weights(tensors);
  }

  @Override
  public List<NetworkModule> trained() {
    return List.of(student);
  }

  @Override
  public Task task() {
    return task;
  }

  @Override
  public ModularNetwork network() {
    return network;
  }

  @Override
  public void gather(StepPart part, StepKey step, GradientSums sums, double share) {
    NDArray images = part.images();
    try (NDManager pass = images.getManager().newSubManager();
        GradientMode mode = GradientMode.recording()) {
      sums.addGradientsOf(loss(pass, images, step), share);
    }
  }

  /** The distance of the module's features from the meta module's, with its graph. */
  private NDArray loss(NDManager pass, NDArray images, StepKey step) {
    NDArray input = images.stopGradient();
    input.attach(pass);
    NDArray aim;
    try (GradientMode mode = GradientMode.frozen()) {
      for (NetworkModule before : network.modules().subList(0, moduleIndex)) {
        input = before.forward(input, /* training= */ false);
      }
      aim = model.forward(input, /* training= */ false);
    }
    NDArray keep = dropped.keep(moduleIndex, input, step);
    return losses.distance(student.forward(input, keep, /* training= */ true), aim);
  }
}
