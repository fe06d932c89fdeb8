package io.deepincubation.core.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.script.HostArrays;
import io.deepincubation.core.script.ScriptProgram;
import io.deepincubation.core.script.TorchEngine;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A whole network in memory: its modules one after the other (Eq. 1 to 3).
 *
 * <p>It owns its arrays and frees them on close. It belongs to one thread at a time; any number of
 * networks may be used at once.
 */
public final class ModularNetwork implements AutoCloseable {

  private final Architecture architecture;
  private final ModularDivision division;
  private final Compute compute;
  private final NDManager manager;
  private final List<NetworkModule> modules = new ArrayList<>();
  private final List<ChannelDropout> droppableChannels = new ArrayList<>();
  private @Nullable Resizing resizing;
  private @Nullable DetectionHeads detectionHeads;

  /**
   * Puts weights on a device.
   *
   * @param architecture the family
   * @param division the depths
   * @param weights of each module, tensors in the order of the architecture's parameters; their
   *     names do not matter, so that a module trained in another division fits
   * @param compute where and how the network will run
   */
  public ModularNetwork(
      Architecture architecture, ModularDivision division, List<Weights> weights, Compute compute) {
    if (weights.size() != division.moduleCount()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot build a network of division %s: expected weights of %d modules, got %d",
              division,
              division.moduleCount(),
              weights.size()));
    }
    this.architecture = architecture;
    this.division = division;
    this.compute = compute;
    manager = TorchEngine.newManager(compute.device());
    for (int i = 0; i < division.moduleCount(); i++) {
      modules.add(new NetworkModule(architecture, division, i, manager, compute, weights.get(i)));
      droppableChannels.add(architecture.channelDropout(division, i));
    }
  }

  /** The family. */
  public Architecture architecture() {
    return architecture;
  }

  /** The depths. */
  public ModularDivision division() {
    return division;
  }

  /** Where and how the network runs. */
  public Compute compute() {
    return compute;
  }

  /** The modules from input to output. */
  public List<NetworkModule> modules() {
    return List.copyOf(modules);
  }

  /** The manager of the network's arrays; arrays of a step belong into a manager below it. */
  public NDManager manager() {
    return manager;
  }

  /**
   * A module without what reads the task off its last features, as {@link Architecture#trunk} tells
   * it: a last module without head, which shares the module's arrays, any other as it is.
   *
   * @param moduleIndex the module
   */
  public NetworkModule trunk(int moduleIndex) {
    NetworkModule module = modules.get(moduleIndex);
    return moduleIndex < modules.size() - 1
        ? module
        : module.sharedBy(architecture.trunk(division, moduleIndex), compute);
  }

  /** Resizes the maps of a dense network, on its device. */
  public synchronized Resizing resizing() {
    if (resizing == null) {
      resizing = new Resizing(manager);
    }
    return resizing;
  }

  /** The heads of a network that finds objects. */
  public synchronized DetectionHeads detectionHeads() {
    if (detectionHeads == null) {
      detectionHeads =
          new DetectionHeads((DetectionNetwork) architecture, manager, compute.arithmetic());
    }
    return detectionHeads;
  }

  /**
   * Evaluates the network with all branches kept and running statistics fixed.
   *
   * @param images B x C x H x W
   * @return logits, B x classes
   */
  public NDArray evaluate(NDArray images) {
    NDArray features = images;
    try (NDArray keepAll = keepAll(images.getManager())) {
      for (NetworkModule module : modules) {
        features = module.forward(features, keepAll, /* training= */ false);
      }
    }
    return features;
  }

  /**
   * The scales of a module's branches, and of its channels that may be dropped, for some images of
   * a training batch, as the module's second input.
   *
   * @param moduleIndex the module
   * @param depth how branches are dropped over this network
   * @param part the images
   * @param random the step's stream for this module
   */
  public NDArray keep(int moduleIndex, StochasticDepth depth, BatchPart part, RandomStream random) {
    int layers = modules.get(moduleIndex).droppableLayers();
    float[] all =
        depth.draw(division.offset(moduleIndex), layers, division.depth(), part.batch(), random);
    ChannelDropout channels = droppableChannels.get(moduleIndex);
    if (channels.drops()) {
      all = channels.drawBehind(all, 2 * layers, part.batch(), random);
    }
    if (all.length == 0) {
      return keepAll(part.manager());
    }
    var rows = new FloatBuffer[all.length / part.batch()];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = part.of(all, row);
    }
    return HostArrays.array(part.manager(), new Shape(rows.length, part.places().length), rows);
  }

  /**
   * Some images of a batch.
   *
   * @param manager owns what is made for them; on the host
   * @param batch images of the whole batch
   * @param places of them in the batch
   */
  public record BatchPart(NDManager manager, int batch, int[] places) {

    private FloatBuffer of(float[] all, int row) {
      var own = new float[places.length];
      for (int i = 0; i < own.length; i++) {
        own[i] = all[row * batch + places[i]];
      }
      return FloatBuffer.wrap(own);
    }
  }

  /** The scales that keep every branch. */
  static NDArray keepAll(NDManager manager) {
    return manager.create(new Shape(0, 0));
  }

  /**
   * The network's loss and gradients as one program; nothing where autograd has to find them.
   *
   * @param trained indices of the modules whose parameters are trained
   * @param loss the task's
   * @param recompute whether to compute activations again instead of keeping them all
   */
  public Optional<NetworkGradients> gradients(
      Set<Integer> trained, LossProgram loss, boolean recompute) {
    return architecture
        .gradients(division, trained, loss, compute, recompute)
        .map(program -> new NetworkGradients(ScriptProgram.load(manager, program), modules));
  }

  /** Copies a module's parameters out of the engine, named as in this network. */
  public Weights weights(int moduleIndex) {
    return modules.get(moduleIndex).weights();
  }

  /** Copies all modules' parameters out of the engine. */
  public List<Weights> weights() {
    return modules.stream().map(NetworkModule::weights).toList();
  }

  @Override
  public void close() {
    manager.close();
  }
}
