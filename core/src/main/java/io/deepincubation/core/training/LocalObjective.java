package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.deepincubation.core.data.batch.EvaluationBatch;
import io.deepincubation.core.network.AuxiliaryKind;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.script.GradientMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Local training: all modules at once, each by a loss of its own on its output, which no gradient
 * of another module's loss crosses. It is decoupled greedy learning (DGL; Belilovsky et al., 2020)
 * or InfoPro (Wang et al., 2021) by its {@link LocalLosses}; with one module it is end-to-end
 * training.
 *
 * <pre>
 * h(-1) = x,   h(k) = M_k(sg(h(k-1))),   sg: no gradient flows back
 * loss(k) = lambda1(k) R(D_k(h(k)), pixels of x) + lambda2(k) L(A_k(h(k)), targets),   k &lt; K - 1
 * loss(K-1) = L(h(K-1), targets)
 * </pre>
 *
 * <p>What it minimises, and adds to the total, is the sum of all modules' losses. The activations
 * of one module and of its auxiliary networks are held at a time. Auxiliary networks are trained
 * with their module and kept with the training's state, and belong to nothing else; they drop no
 * branches, while the modules drop those that they would drop in end-to-end training.
 */
public final class LocalObjective implements Objective {

  /** What auxiliary networks' first weights are drawn for. */
  private static final String PURPOSE = "auxiliary";

  private final ModularNetwork network;
  private final Task task;
  private final DroppedBranches dropped;
  private final Losses losses;
  private final List<LocalModule> locals;
  private final List<GradientSums.Range> ranges;

  /**
   * Makes the parameters of all modules and of their auxiliary networks trainable.
   *
   * @param network the target model; it owns the auxiliary networks' arrays
   * @param task whose loss L is
   * @param losses what each module minimises, of as many modules as the network has
   * @param stochasticDepth how the modules' branches are dropped, over the whole network
   * @param seed what the auxiliary networks' first weights are drawn from
   * @throws IllegalArgumentException if the network's family has no such auxiliary networks
   */
  public LocalObjective(
      ModularNetwork network,
      Task task,
      LocalLosses losses,
      StochasticDepth stochasticDepth,
      long seed) {
    if (network.division().moduleCount() != losses.moduleCount()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot train the modules of %s by their own losses: expected losses of %d modules,"
                  + " got %d",
              network.division(),
              network.division().moduleCount(),
              losses.moduleCount()));
    }
    this.network = network;
    this.task = task;
    this.losses = new Losses(network.manager(), task.loss());
    dropped = new DroppedBranches(network, stochasticDepth);
    locals = new ArrayList<>();
    ranges = new ArrayList<>();
    int first = 0;
    for (int k = 0; k < losses.moduleCount(); k++) {
      LocalModule local = local(losses, k, seed);
      local.trained().forEach(NetworkModule::train);
      int count = local.trained().stream().mapToInt(module -> module.trainable().size()).sum();
      locals.add(local);
      ranges.add(new GradientSums.Range(first, count));
      first += count;
    }
  }

  private LocalModule local(LocalLosses losses, int moduleIndex, long seed) {
    boolean last = moduleIndex == losses.moduleCount() - 1;
    NetworkModule head = null;
    NetworkModule decoder = null;
    for (AuxiliaryKind kind : losses.auxiliaries(moduleIndex)) {
      NetworkModule auxiliary = auxiliary(moduleIndex, kind, seed);
      if (kind == AuxiliaryKind.INFOPRO_DECODER) {
        decoder = auxiliary;
      } else {
        head = auxiliary;
      }
    }
    return new LocalModule(
        network.modules().get(moduleIndex),
        last,
        head,
        decoder,
        last ? 0 : losses.lambda1().get(moduleIndex),
        last ? 1 : losses.lambda2().get(moduleIndex));
  }

  private NetworkModule auxiliary(int moduleIndex, AuxiliaryKind kind, long seed) {
    var architecture = network.architecture();
    Weights weights =
        architecture.initialAuxiliaryWeights(network.division(), moduleIndex, kind, seed, PURPOSE);
    return new NetworkModule(
        architecture.auxiliary(network.division(), moduleIndex, kind),
        network.manager(),
        network.compute(),
        weights);
  }

  @Override
  public List<NetworkModule> trained() {
    return groups().stream().flatMap(List::stream).toList();
  }

  /** Each module with its auxiliary networks, the head first. */
  @Override
  public List<List<NetworkModule>> groups() {
    return locals.stream().map(LocalModule::trained).toList();
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
    boolean begin = sums.begin();
    forEachModule(
        part.images(),
        part.targets(),
        step,
        (k, terms) -> {
          NDArray loss = locals.get(k).loss(terms, losses);
          sums.addGradientsOf(loss, share, ranges.get(k), begin);
        });
  }

  /** What is done with a module's losses. */
  interface Work {

    /**
     * Does it, before the next module is computed.
     *
     * @param moduleIndex the module
     * @param terms with their graph, which is freed afterwards
     */
    void run(int moduleIndex, LocalModule.Terms terms);
  }

  /**
   * The forward pass of a training step.
   *
   * @param images B x C x H x W
   * @param targets B x ..., as the task says
   * @param step what the random draws are for
   */
  void forEachModule(NDArray images, NDArray targets, StepKey step, Work work) {
    try (NDManager pass = images.getManager().newSubManager();
        GradientMode mode = GradientMode.recording()) {
      NDArray pixels = pixels(detached(images, pass));
      NDArray features = detached(images, pass);
      for (int k = 0; k < locals.size(); k++) {
        NDArray before = features;
        try (NDManager local = pass.newSubManager()) {
          NDArray input = detached(before, local);
          NDArray keep = dropped.keep(k, input, step);
          NDArray output = locals.get(k).module().forward(input, keep, /* training= */ true);
          features = detached(output, pass);
          work.run(k, locals.get(k).terms(output, targets, pixels, losses));
        }
        before.close();
      }
    }
  }

  private @Nullable NDArray pixels(NDArray images) {
    boolean wanted = locals.stream().anyMatch(local -> local.decoder() != null);
    return wanted ? losses.pixels(images) : null;
  }

  /** The same values without their graph. */
  private static NDArray detached(NDArray array, NDManager manager) {
    NDArray detached = array.stopGradient();
    detached.attach(manager);
    return detached;
  }

  /** With the outputs of the modules' heads: a diagnosis of the modules. */
  @Override
  public Outputs outputs(NDArray images, EvaluationBatch batch) {
    var heads = new LinkedHashMap<Integer, NDArray>();
    try (NDManager pass = images.getManager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      NDArray features = detached(images, pass);
      for (int k = 0; k < locals.size(); k++) {
        LocalModule local = locals.get(k);
        features = local.module().forward(features, /* training= */ false);
        NDArray found = local.outputs(features, /* training= */ false);
        if (found != null && !local.last()) {
          heads.put(k, found);
        }
      }
      heads.values().forEach(found -> found.attach(images.getManager()));
      features.attach(images.getManager());
      return new Outputs(features, heads);
    }
  }
}
