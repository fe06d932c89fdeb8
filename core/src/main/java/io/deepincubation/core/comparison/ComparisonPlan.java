package io.deepincubation.core.comparison;

import io.deepincubation.core.comparison.Study.Budget;
import io.deepincubation.core.method.Architectures;
import io.deepincubation.core.method.DeepIncubation;
import io.deepincubation.core.method.EqualCost;
import io.deepincubation.core.method.Method;
import io.deepincubation.core.method.Methods;
import io.deepincubation.core.method.RunInputs;
import io.deepincubation.core.method.Stage;
import io.deepincubation.core.method.StageCost;
import io.deepincubation.core.method.TrainingCost;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.text.Quantities;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** All trainings of a comparison, each with the recipe that brings it to its budget. */
public final class ComparisonPlan {

  /** In {@code initial-weights}, the seed of a training: weights of their own for each. */
  static final String SEED = "{seed}";

  /** How far above the budget one that fits is looked for. */
  private static final int MOST_PERCENT = 100;

  private static final double TERA = 1e12;

  /** Of a budget that is advised. */
  private static final int DIGITS = 4;

  /**
   * One way to train, planned.
   *
   * @param variant what it is
   * @param label its name for people
   * @param method its method
   * @param x its place on the study's axis; null where there is none
   * @param set what is trained on
   * @param budget computed operations of each training; null where none is set
   * @param parameters of the trained model
   * @param cells a training each, by seed
   */
  public record Row(
      Variant variant,
      String label,
      Method method,
      @Nullable Double x,
      SetFacts set,
      @Nullable Double budget,
      long parameters,
      List<Cell> cells) {

    /** Copies. */
    public Row {
      cells = List.copyOf(cells);
    }
  }

  /**
   * One training.
   *
   * @param recipe with the seed, the variant's values and the epochs that its budget allows
   * @param stages of the method, by that recipe
   * @param cost of all of them
   */
  public record Cell(Recipe recipe, List<Stage> stages, StageCost cost) {

    /** Copies. */
    public Cell {
      stages = List.copyOf(stages);
    }

    /** The trained target model. */
    public Stage model() {
      return stages.get(stages.size() - 1);
    }

    /** What the trained model's bytes follow from: equal trainings are one. */
    public String key(RunInputs inputs) {
      return model().key(inputs).sha256();
    }
  }

  private final Study study;
  private final Recipe proportions;
  private final Recipe base;
  private final SetFacts data;
  private final List<Row> rows;

  /**
   * Plans a study at the recipe's own budget: what Deep Incubation costs by it.
   *
   * @param study what is compared
   * @param recipe at which
   * @param data on what
   * @param sets facts of other prepared sets, by URI
   * @throws UsageException if trainings cannot be brought to their budget
   */
  public ComparisonPlan(
      Study study, Recipe recipe, SetFacts data, Function<String, SetFacts> sets) {
    this(study, recipe, data, sets, null);
  }

  /**
   * Plans a study.
   *
   * @param study what is compared
   * @param recipe at which
   * @param data on what
   * @param sets facts of other prepared sets, by URI
   * @param budget computed operations of Deep Incubation, to which the recipe's epochs are brought
   *     in proportion; null for the recipe as it is
   * @throws UsageException if trainings cannot be brought to their budget
   */
  public ComparisonPlan(
      Study study,
      Recipe recipe,
      SetFacts data,
      Function<String, SetFacts> sets,
      @Nullable Double budget) {
    this.study = study;
    this.proportions = recipe;
    this.data = data;
    this.base = budget == null ? recipe : scaled(budget);
    rows = study.variants().stream().map(variant -> row(variant, sets)).toList();
    requireEqualCost();
  }

  private Recipe scaled(double budget) {
    Recipe scaled = equalCost(data).scaled(proportions, budget);
    double cost = equalCost(data).of(new DeepIncubation(), scaled).computed();
    if (!EqualCost.isEqual(cost, budget)) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot scale recipe %s to %s: whole epochs of Deep Incubation come to %s; give that"
                  + " as --budget, or another",
              proportions.name(),
              Quantities.flops(budget),
              Quantities.flops(cost)));
    }
    return scaled;
  }

  /** What is compared. */
  public Study study() {
    return study;
  }

  /** The recipe that variants differ from. */
  public Recipe recipe() {
    return base;
  }

  /** The set that is trained on where a variant does not say otherwise. */
  public SetFacts data() {
    return data;
  }

  /** The ways to train, in the study's order. */
  public List<Row> rows() {
    return rows;
  }

  private Row row(Variant variant, Function<String, SetFacts> sets) {
    Method method = Methods.named(variant.method());
    String other = variant.values().get(Values.DATA);
    SetFacts set = other == null ? data : sets.apply(other);
    requireSameTest(set);
    Recipe recipe = varied(variant, base, set);
    Double budget = budget(variant, recipe, set);
    Recipe solved = solved(variant, method, recipe, set, budget);
    return new Row(
        variant,
        variant.labelled(method.title()),
        method,
        x(variant, recipe, set),
        set,
        budget,
        parameters(solved, set),
        cells(method, solved, set));
  }

  /** A recipe with a variant's values; with other images it is trained for as many steps. */
  private Recipe varied(Variant variant, Recipe recipe, SetFacts set) {
    Recipe applied = Values.applied(recipe, variant.values());
    return variant.values().containsKey(Values.DATA)
        ? EqualCost.scaledBy(applied, (double) data.trainImages() / set.trainImages())
        : applied;
  }

  private void requireSameTest(SetFacts set) {
    if (!set.testDigest().equals(data.testDigest()) || set.classes() != data.classes()) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot compare on %s: expected the test images of %s, %d of %d classes, got %d"
                  + " others of %d",
              set.uri(),
              data.uri(),
              data.testImages(),
              data.classes(),
              set.testImages(),
              set.classes()));
    }
  }

  private @Nullable Double budget(Variant variant, Recipe recipe, SetFacts set) {
    boolean scaled = variant.values().containsKey(Values.ALL_EPOCHS);
    return switch (scaled && study.budget() == Budget.RECIPE ? Budget.VALUES : study.budget()) {
      case RECIPE -> equalCost(data).of(new DeepIncubation(), base).computed();
      case VALUES -> equalCost(set).of(new DeepIncubation(), recipe).computed();
      case AS_IS -> {
        if (variant.values().containsKey(Values.SHARE)) {
          throw new UsageException(
              "Cannot vary " + Values.SHARE + " as is: expected a budget to share out");
        }
        yield null;
      }
    };
  }

  private Recipe solved(
      Variant variant, Method method, Recipe recipe, SetFacts set, @Nullable Double budget) {
    if (budget == null) {
      return recipe;
    }
    EqualCost equal = equalCost(set);
    String share = variant.values().get(Values.SHARE);
    if (share != null) {
      requireIncubation(method);
      return equal.sharedOut(recipe, budget, Values.share(share));
    }
    String schedule =
        study.solve().isEmpty() ? EqualCost.ownSchedule(method.stages(recipe)) : study.solve();
    requireNotVaried(variant, schedule + ".epochs");
    return equal.solved(method, recipe, budget, schedule);
  }

  private static void requireNotVaried(Variant variant, String solvedKey) {
    if (variant.values().containsKey(solvedKey)) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot vary %s of %s at equal cost: these epochs are what is solved for; vary other"
                  + " keys, or compare as is",
              solvedKey,
              variant.method()));
    }
  }

  private static void requireIncubation(Method method) {
    if (!(method instanceof DeepIncubation)) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot vary %s of %s: expected %s",
              Values.SHARE,
              method.name(),
              DeepIncubation.NAME));
    }
  }

  private @Nullable Double x(Variant variant, Recipe recipe, SetFacts set) {
    String value = variant.values().get(study.axis());
    if (value == null) {
      return null;
    }
    return study.axis().equals(Values.DATA)
        ? Double.valueOf(set.trainImages())
        : Values.number(recipe, study.axis(), value);
  }

  private static long parameters(Recipe recipe, SetFacts set) {
    Architecture architecture = Architectures.of(recipe, set.classes());
    return recipe.targetDivision().allModules().stream()
        .flatMap(i -> architecture.parameters(recipe.targetDivision(), i).stream())
        .filter(spec -> spec.role() != ParameterSpec.Role.BUFFER)
        .mapToLong(ParameterSpec::size)
        .sum();
  }

  private List<Cell> cells(Method method, Recipe recipe, SetFacts set) {
    return LongStream.range(0, study.seeds())
        .mapToObj(i -> cell(method, recipe, recipe.seed() + i, set))
        .toList();
  }

  private static Cell cell(Method method, Recipe recipe, long seed, SetFacts set) {
    Recipe seeded = seeded(recipe, seed);
    List<Stage> stages = method.stages(seeded);
    Architecture architecture = Architectures.of(seeded, set.classes());
    return new Cell(seeded, stages, new TrainingCost(architecture, set.trainImages()).of(stages));
  }

  private static Recipe seeded(Recipe recipe, long seed) {
    Recipe seeded = RecipeYaml.override(recipe, List.of("seed=" + seed));
    String weights = recipe.initialWeights();
    return weights.contains(SEED)
        ? RecipeYaml.override(
            seeded, List.of("initial-weights=" + weights.replace(SEED, Long.toString(seed))))
        : seeded;
  }

  private static EqualCost equalCost(SetFacts set) {
    return new EqualCost(set.trainImages(), set.classes());
  }

  /** Refuses where whole epochs do not come near enough to the budget. */
  private void requireEqualCost() {
    List<Row> off = rows.stream().filter(row -> !isEqual(row)).toList();
    if (off.isEmpty()) {
      return;
    }
    String which =
        off.stream()
            .map(
                row ->
                    String.format(Locale.ROOT, "%s by %+.1f %%", row.label(), 100 * deviation(row)))
            .collect(Collectors.joining(", "));
    throw new UsageException(
        String.format(
            Locale.ROOT,
            "Cannot compare at equal cost: whole epochs miss the budget by more than %.0f %%: %s;"
                + " %s",
            100 * EqualCost.TOLERANCE,
            which,
            advice()));
  }

  private static boolean isEqual(Row row) {
    return row.budget() == null || EqualCost.isEqual(computed(row), row.budget());
  }

  private static double deviation(Row row) {
    double budget = row.budget() == null ? 1 : row.budget();
    return EqualCost.deviation(computed(row), budget);
  }

  private static double computed(Row row) {
    return row.cells().get(0).cost().computed();
  }

  /** A budget near this one that all variants come near enough to. */
  private String advice() {
    double now = equalCost(data).of(new DeepIncubation(), base).computed();
    for (int percent = 1; study.budget() == Budget.RECIPE && percent <= MOST_PERCENT; percent++) {
      String budget = inTera(now * (1 + percent / 100.0));
      if (fits(Double.parseDouble(budget) * TERA)) {
        return "try --budget " + budget + "TFLOP, or --as-is";
      }
    }
    return "give more epochs, or --as-is";
  }

  /** In few digits without an exponent, as a budget is read. */
  private static String inTera(double flops) {
    return new BigDecimal(flops / TERA).round(new MathContext(DIGITS)).toPlainString();
  }

  private boolean fits(double budget) {
    Recipe scaled = equalCost(data).scaled(proportions, budget);
    double exact = equalCost(data).of(new DeepIncubation(), scaled).computed();
    return EqualCost.isEqual(exact, budget)
        && rows.stream().allMatch(row -> fits(row, scaled, exact));
  }

  private boolean fits(Row row, Recipe scaled, double budget) {
    Recipe recipe = varied(row.variant(), scaled, row.set());
    Recipe solved = solved(row.variant(), row.method(), recipe, row.set(), budget);
    double cost = equalCost(row.set()).of(row.method(), solved).computed();
    return EqualCost.isEqual(cost, budget);
  }
}
