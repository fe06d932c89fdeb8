package io.deepincubation.core.method;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.StageRecipe;
import io.deepincubation.core.run.StageKey;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One stage of a method as data: a network, what it begins with, which of its modules are trained
 * towards what, and which are kept. It holds all that decides the stage's bytes but the images.
 *
 * @param name the stage's name, which is also its folder in a run
 * @param recipe the hyper-parameters
 * @param network the depths of the network that is trained, or measured
 * @param named the depths of the network that the kept modules' tensors are named for
 * @param image side of the square input in pixels
 * @param start what each module begins with
 * @param trained indices of the modules that training changes; empty where the network is only put
 *     together and measured
 * @param moduleIndex the one module that is kept, from 0; null where all are
 * @param objective what training minimises
 * @param scheduleKey the recipe's key of the schedule, such as {@code fine-tuning}; empty where
 *     nothing is trained
 * @param schedule epochs, warm-up, stochastic depth and clipping
 * @param draws what batches and random draws are keyed by: stages of equal draws see equal batches
 * @param needs the stages whose weights this one begins with, or is trained towards
 */
@Evolving
public record Stage(
    String name,
    Recipe recipe,
    ModularDivision network,
    ModularDivision named,
    int image,
    List<Start> start,
    Set<Integer> trained,
    @Nullable Integer moduleIndex,
    StageObjective objective,
    String scheduleKey,
    StageRecipe schedule,
    String draws,
    List<Stage> needs)
    implements Serializable {

  /** The schedule of a stage that trains nothing; what stands for values that a key leaves out. */
  static final StageRecipe UNTRAINED = new StageRecipe(0, 0, 0, 0, 1);

  /** Copies and checks. */
  public Stage {
    start = List.copyOf(start);
    trained = Set.copyOf(trained);
    needs = List.copyOf(needs);
    network.requireSameModuleCount(named);
    if (start.size() != network.moduleCount()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot make stage %s: expected a start for each of %d modules, got %d",
              name,
              network.moduleCount(),
              start.size()));
    }
    if (!network.allModules().containsAll(trained)
        || (moduleIndex != null && !network.allModules().contains(moduleIndex))) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot make stage %s: expected modules below %d, got %s trained and %s kept",
              name,
              network.moduleCount(),
              trained,
              moduleIndex));
    }
  }

  /**
   * Begins a stage of a whole network that is trained from fresh weights of its own.
   *
   * @param name the stage's name
   * @param recipe the hyper-parameters
   * @param network the network's depths
   */
  public static Builder of(String name, Recipe recipe, ModularDivision network) {
    return new Builder(name, recipe, network);
  }

  /**
   * The stage of a name.
   *
   * @param stages it is one of them
   */
  public static Stage named(String name, List<Stage> stages) {
    return stages.stream().filter(stage -> stage.name().equals(name)).findFirst().orElseThrow();
  }

  /** The one module that is kept, from 0; empty where all are. */
  public Optional<Integer> module() {
    return Optional.ofNullable(moduleIndex);
  }

  /** The modules that are kept, in order. */
  public List<Integer> kept() {
    return moduleIndex != null
        ? List.of(moduleIndex)
        : IntStream.range(0, network.moduleCount()).boxed().toList();
  }

  /** The trained modules in order. */
  public List<Integer> trainedInOrder() {
    return List.copyOf(new TreeSet<>(trained));
  }

  /**
   * The family of the stage's network, at its image size.
   *
   * @param base the family at the recipe's
   */
  public Architecture architecture(Architecture base) {
    return isResized() ? Architectures.of(recipe.model().at(image), base.classes()) : base;
  }

  /** Whether its images are of another size than the recipe's model has. */
  public boolean isResized() {
    return image != recipe.model().image();
  }

  /** Whether anything is trained. */
  public boolean trains() {
    return !trained.isEmpty();
  }

  /** Workers that train it together; 1 where nothing is trained. */
  public int workers() {
    return schedule.workers();
  }

  /**
   * One of the stages that this one needs.
   *
   * @throws IllegalArgumentException if it needs none of that name
   */
  public Stage need(String other) {
    return needs.stream()
        .filter(need -> need.name().equals(other))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Cannot compute " + name + ": expected " + other + " among its needs"));
  }

  /**
   * What the stage's bytes follow from on some images and initial weights.
   *
   * @param inputs images and initial weights of the run
   */
  public StageKey key(RunInputs inputs) {
    return StageFacts.key(this, inputs);
  }

  /** Puts a stage together. */
  public static final class Builder {

    private final String name;
    private final Recipe recipe;
    private final ModularDivision network;
    private final Set<Stage> needs = new LinkedHashSet<>();
    private final List<Start> start = new ArrayList<>();
    private ModularDivision named;
    private int image;
    private Set<Integer> trained;
    private @Nullable Integer moduleIndex;
    private StageObjective objective = new StageObjective.TaskLoss();
    private String draws;

    private Builder(String name, Recipe recipe, ModularDivision network) {
      this.name = name;
      this.recipe = recipe;
      this.network = network;
      named = network;
      image = recipe.model().image();
      trained = network.allModules();
      draws = name;
      fresh(name);
    }

    /** All modules begin with fresh weights of this purpose. */
    public Builder fresh(String purpose) {
      return begin(i -> new Start.Fresh(purpose));
    }

    /** All modules begin as another stage of a whole network left them. */
    public Builder from(Stage whole) {
      needs.add(whole);
      return begin(i -> new Start.Of(whole.name()));
    }

    /** Each module begins as its own stage left it, in order. */
    public Builder modulesFrom(List<Stage> modules) {
      needs.addAll(modules);
      return begin(i -> new Start.Of(modules.get(i).name()));
    }

    private Builder begin(IntFunction<Start> ofModule) {
      start.clear();
      IntStream.range(0, network.moduleCount()).mapToObj(ofModule).forEach(start::add);
      return this;
    }

    /** One module begins otherwise than the others. */
    public Builder begin(int module, Start with) {
      start.set(module, with);
      return this;
    }

    /** Only one module is trained and kept, as a module of another network. */
    public Builder only(int module, ModularDivision of) {
      trained = Set.of(module);
      return keeping(module, of);
    }

    /** Only some modules are trained. */
    public Builder training(Set<Integer> modules) {
      trained = Set.copyOf(modules);
      return this;
    }

    /** Only one module is kept, as a module of another network, whatever else is trained. */
    public Builder keeping(int module, ModularDivision of) {
      moduleIndex = module;
      named = of;
      return this;
    }

    /** On images of another size than the recipe's model has. */
    public Builder image(int side) {
      image = side;
      return this;
    }

    /** Trained towards something other than the task's loss at the network's output. */
    public Builder towards(StageObjective other, Stage... needed) {
      objective = other;
      needs.addAll(List.of(needed));
      return this;
    }

    /** Sees the batches, and draws the random numbers, of another stage. */
    public Builder drawing(String as) {
      draws = as;
      return this;
    }

    /**
     * The stage, trained by a schedule.
     *
     * @param scheduleKey the recipe's key of it
     * @param schedule epochs, warm-up, stochastic depth and clipping
     */
    public Stage by(String scheduleKey, StageRecipe schedule) {
      return build(scheduleKey, schedule);
    }

    /** The stage, whose network is only put together and measured. */
    public Stage measuredOnly() {
      trained = Set.of();
      return build("", UNTRAINED);
    }

    private Stage build(String scheduleKey, StageRecipe schedule) {
      return new Stage(
          name,
          recipe,
          network,
          named,
          image,
          start,
          trained,
          moduleIndex,
          objective,
          scheduleKey,
          schedule,
          draws,
          List.copyOf(needs));
    }
  }
}
