package io.deepincubation.core.incubation;

import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.StageRecipe;
import io.deepincubation.core.training.Optimizer;
import io.deepincubation.core.training.TrainingStep;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What each stage of Algorithm 1 and of end-to-end training will take, before it is trained. */
public final class TrainingPlan {

  /**
   * One stage.
   *
   * @param stage its name
   * @param network which one, as {@link TrainingBenchmark} names it
   * @param division its network's depths
   * @param images training images that will go through it, repeats counted
   * @param flopsPerImage operations of one image's training pass
   * @param memory that one task of it takes
   */
  public record Stage(
      String stage,
      String network,
      ModularDivision division,
      double images,
      double flopsPerImage,
      Memory memory) {

    /** Operations of the whole stage. */
    public double flops() {
      return images * flopsPerImage;
    }
  }

  /**
   * Memory of a task on its device or outside Java's heap.
   *
   * @param weightBytes of all modules of the network, trained or fixed
   * @param gradientBytes sums of the trained modules' gradients, one for each thread that gathers
   *     its own
   * @param optimizerBytes what the optimizer keeps for the trained modules
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
    @Nullable Long stepBytes() {
      return activationBytes == null ? null : gradientBytes + optimizerBytes + activationBytes;
    }
  }

  private final Recipe recipe;
  private final Architecture architecture;
  private final TrainingCost cost;
  private final Compute compute;

  /**
   * Plans a recipe.
   *
   * @param recipe the hyper-parameters
   * @param architecture that the recipe asks for
   * @param trainImages images of the training split
   * @param compute where and how a task computes
   */
  public TrainingPlan(Recipe recipe, Architecture architecture, int trainImages, Compute compute) {
    this.recipe = recipe;
    this.architecture = architecture;
    this.compute = compute;
    cost = new TrainingCost(recipe, architecture, trainImages);
  }

  /** The stages in their order, end-to-end training last. */
  public List<Stage> stages() {
    ModularDivision target = recipe.targetDivision();
    ModularDivision meta = recipe.metaDivision();
    var stages = new ArrayList<Stage>();
    stages.add(stage(Stages.META, TrainingBenchmark.META, meta, meta.allModules(), recipe.meta()));
    for (int i = 0; i < target.moduleCount(); i++) {
      stages.add(
          stage(
              Stages.module(i),
              TrainingBenchmark.hybrid(i),
              meta.hybrid(target, i),
              Set.of(i),
              recipe.incubation().stage()));
    }
    String whole = TrainingBenchmark.END_TO_END;
    stages.add(stage(Stages.FINAL, whole, target, target.allModules(), recipe.fineTuning()));
    stages.add(stage(Stages.END_TO_END, whole, target, target.allModules(), recipe.endToEnd()));
    return List.copyOf(stages);
  }

  /** Bytes of the meta model, which is broadcast to every executor. */
  public long broadcastBytes() {
    return bytes(recipe.metaDivision(), recipe.metaDivision().allModules(), /* buffers= */ true);
  }

  /** Operations of one image's training pass through the target model. */
  public double targetFlopsPerImage() {
    ModularDivision target = recipe.targetDivision();
    return TrainingCost.perImage(architecture, target, target.allModules());
  }

  private Stage stage(
      String name,
      String network,
      ModularDivision division,
      Set<Integer> trained,
      StageRecipe stageRecipe) {
    return new Stage(
        name,
        network,
        division,
        cost.images(stageRecipe),
        TrainingCost.perImage(architecture, division, trained),
        memory(division, trained));
  }

  /** Memory of a task that trains some modules of a network. */
  Memory memory(ModularDivision division, Set<Integer> trained) {
    var shares =
        TrainingStep.Shares.of(compute, recipe.batch().size(), architecture.imagesAtOnce());
    OptionalLong ofImage =
        architecture.activationBytes(
            division, trained, compute.arithmetic(), recipe.batch().recomputeActivations());
    long castBytes = architecture.castBytes(division, trained, compute.arithmetic());
    long trainedBytes = bytes(division, trained, /* buffers= */ false);
    return new Memory(
        bytes(division, division.allModules(), /* buffers= */ true),
        trainedBytes * shares.lanes(),
        trainedBytes * Optimizer.stateOf(recipe.optimizer()),
        ofImage.isPresent()
            ? ofImage.getAsLong() * shares.imagesAtOnce() + castBytes * shares.lanes()
            : null);
  }

  private long bytes(ModularDivision division, Set<Integer> modules, boolean buffers) {
    return modules.stream()
        .flatMap(i -> architecture.parameters(division, i).stream())
        .filter(spec -> buffers || spec.role() != ParameterSpec.Role.BUFFER)
        .mapToLong(spec -> Float.BYTES * spec.size())
        .sum();
  }
}
