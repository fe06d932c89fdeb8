package io.deepincubation.core.method;

import io.deepincubation.core.data.batch.Prefetcher;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.training.Optimizer;
import io.deepincubation.core.training.StageRounds;
import io.deepincubation.core.training.TrainingStep;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What each stage of some methods will take, before it is trained. */
public final class TrainingPlan {

  /**
   * One stage.
   *
   * @param stage what is trained
   * @param images training images that will go through it, repeats counted
   * @param perImage operations of one image's training pass
   * @param memory that one task of it takes
   * @param rounds that several workers take; 0 for one worker
   * @param exchangedBytes what a worker reads at the beginning of a round, and hands in at its end
   */
  public record Planned(
      Stage stage,
      double images,
      StageCost perImage,
      Memory memory,
      int rounds,
      long exchangedBytes) {

    /** Operations of the whole stage. */
    public StageCost cost() {
      return perImage.times(images);
    }
  }

  /**
   * Memory of a task on its device or outside Java's heap.
   *
   * @param weightBytes of all modules of the network, trained or fixed
   * @param gradientBytes sums of the trained modules' gradients, one for each thread that gathers
   *     its own
   * @param optimizerBytes what the optimizer keeps for the trained modules, and their moving
   *     average
   * @param activationBytes the most that a step holds until its backward pass, weights in the
   *     products' type included; null where only a trial can tell. Derived for processors; GPUs
   *     hold all of a batch at once
   */
  public record Memory(
      long weightBytes, long gradientBytes, long optimizerBytes, @Nullable Long activationBytes) {

    /** What is there from step to step: all but activations. */
    public long lastingBytes() {
      return weightBytes + gradientBytes + optimizerBytes;
    }

    /** All that is known. */
    public long totalBytes() {
      return lastingBytes() + (activationBytes == null ? 0 : activationBytes);
    }

    /** What training adds to the network's weights; null where only a trial can tell. */
    public @Nullable Long stepBytes() {
      return activationBytes == null ? null : gradientBytes + optimizerBytes + activationBytes;
    }
  }

  private final List<Stage> stages;
  private final Architecture architecture;
  private final TrainingCost cost;
  private final int trainImages;
  private final Compute compute;

  /**
   * Plans stages.
   *
   * @param stages of one method or several, each after those that it needs
   * @param architecture of their networks, at the recipe's image size
   * @param trainImages images of the training split
   * @param compute where and how a task computes
   */
  public TrainingPlan(
      List<Stage> stages, Architecture architecture, int trainImages, Compute compute) {
    this.stages = List.copyOf(stages);
    this.architecture = architecture;
    this.compute = compute;
    this.trainImages = trainImages;
    cost = new TrainingCost(architecture, trainImages);
  }

  /** The stages that train something, in their order. */
  public List<Planned> stages() {
    return stages.stream().filter(Stage::trains).map(this::planned).toList();
  }

  private Planned planned(Stage stage) {
    Architecture network = stage.architecture(architecture);
    long auxiliaryBytes = stage.objective().auxiliaryBytes(stage, network);
    boolean inRounds = stage.workers() > 1;
    return new Planned(
        stage,
        cost.images(stage),
        StageCost.of(stage, architecture),
        memory(
            network,
            stage.recipe(),
            stage.network(),
            stage.trained(),
            auxiliaryBytes,
            stage.workers(),
            compute),
        inRounds
            ? StageRounds.of(stage.recipe(), stage.schedule(), Math.max(1, trainImages)).count()
            : 0,
        inRounds
            ? bytes(network, stage.network(), stage.trained(), /* buffers= */ true) + auxiliaryBytes
            : 0);
  }

  /** Bytes of Java's heap that the batches of a task's images take, at most. */
  public long batchBytes() {
    long values =
        stages.stream()
            .mapToLong(
                stage ->
                    stage.recipe().batch().size()
                        / stage.workers()
                        * stage.architecture(architecture).inputShape().size())
            .max()
            .orElse(0);
    return Prefetcher.ARRAYS * values * Float.BYTES;
  }

  /** Bytes of the networks that several stages need, and so are broadcast to every executor. */
  public long broadcastBytes() {
    return stages.stream()
        .filter(stage -> stages.stream().filter(s -> s.needs().contains(stage)).count() > 1)
        .mapToLong(
            stage ->
                bytes(
                    architecture,
                    stage.network(),
                    stage.network().allModules(),
                    /* buffers= */ true))
        .sum();
  }

  /**
   * Memory of a task that trains some modules of a network.
   *
   * @param auxiliaryBytes of networks that are trained along
   */
  public static Memory memory(
      Architecture architecture,
      Recipe recipe,
      ModularDivision division,
      Set<Integer> trained,
      long auxiliaryBytes,
      Compute compute) {
    return memory(architecture, recipe, division, trained, auxiliaryBytes, 1, compute);
  }

  private static Memory memory(
      Architecture architecture,
      Recipe recipe,
      ModularDivision division,
      Set<Integer> trained,
      long auxiliaryBytes,
      int workers,
      Compute compute) {
    int images = recipe.batch().size() / workers;
    var shares = TrainingStep.Shares.of(compute, images, architecture.imagesAtOnce());
    OptionalLong ofImage =
        architecture.activationBytes(
            division, trained, compute.arithmetic(), recipe.batch().recomputeActivations());
    long castBytes = architecture.castBytes(division, trained, compute.arithmetic());
    long trainedBytes =
        bytes(architecture, division, trained, /* buffers= */ false) + auxiliaryBytes;
    return new Memory(
        bytes(architecture, division, division.allModules(), /* buffers= */ true) + auxiliaryBytes,
        trainedBytes * shares.lanes(),
        trainedBytes * (Optimizer.stateOf(recipe.optimizer()) + (recipe.ema().isOn() ? 1 : 0)),
        ofImage.isPresent()
            ? ofImage.getAsLong() * shares.imagesAtOnce() + castBytes * shares.lanes()
            : null);
  }

  private static long bytes(
      Architecture architecture, ModularDivision division, Set<Integer> modules, boolean buffers) {
    return modules.stream()
        .flatMap(i -> architecture.parameters(division, i).stream())
        .filter(spec -> buffers || spec.role() != ParameterSpec.Role.BUFFER)
        .mapToLong(spec -> Float.BYTES * spec.size())
        .sum();
  }
}
