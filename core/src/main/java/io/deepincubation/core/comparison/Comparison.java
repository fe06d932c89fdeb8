package io.deepincubation.core.comparison;

import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.statistics.Estimate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What came of a comparison; kept as {@code comparison.json}. Rows are ways to train, each trained
 * once a seed.
 *
 * @param formatVersion of the file
 * @param title what is compared, in words
 * @param figure the paper's table or figure that it redraws; empty for none
 * @param recipe the recipe's name
 * @param dataUri the prepared set
 * @param dataDigest SHA-256 of all that it holds
 * @param trainImages images of its training split
 * @param testImages images that every network was measured on
 * @param axis the key whose values the rows go by, such as {@code model.depth}; empty where they
 *     are not ordered
 * @param rows the ways to train, in their order
 * @param pairs differences of rows, the claims that Holm's correction is over
 * @param trends how a difference of methods changes along the axis
 * @param costRatios what a method costs for another's best accuracy (Fig. 4)
 * @param versions of what trained
 * @param measure name of what trainings are compared by, {@code top1} unless their task has another
 */
public record Comparison(
    int formatVersion,
    String title,
    String figure,
    String recipe,
    String dataUri,
    String dataDigest,
    int trainImages,
    int testImages,
    String axis,
    List<Row> rows,
    List<Pair> pairs,
    List<Trend> trends,
    List<CostRatio> costRatios,
    Map<String, String> versions,
    String measure) {

  /** The file in the comparison's folder. */
  public static final String FILE = "comparison.json";

  /** The axis of comparisons whose stages' epochs are scaled all together (Fig. 4). */
  public static final String ALL_EPOCHS = "*.epochs";

  /** The format that this version writes. */
  public static final int FORMAT_VERSION = 1;

  /** Copies. */
  public Comparison {
    rows = List.copyOf(rows);
    pairs = List.copyOf(pairs);
    trends = List.copyOf(trends);
    costRatios = List.copyOf(costRatios);
    versions = Collections.unmodifiableMap(new TreeMap<>(versions));
  }

  /** What trainings are compared by, for people: within a sentence. */
  public String measureTitle() {
    return Metrics.title(measure);
  }

  /** What trainings are compared by, for people: at its beginning. */
  public String measureHeading() {
    return measure.equals(Metrics.TOP1) ? "Top-1" : measureTitle();
  }

  /** The measures that some row has beside the one that it is compared by, in their order. */
  public List<String> otherMeasures() {
    return rows.stream().flatMap(row -> row.measures().keySet().stream()).distinct().toList();
  }

  /** Whether an image counts as right or wrong, so that differences are paired by image too. */
  public boolean isOfImages() {
    return measure.equals(Metrics.TOP1);
  }

  /**
   * One way to train.
   *
   * @param label its name for people, such as {@code Deep Incubation, 24 layers}
   * @param method its method's name
   * @param methodTitle its method's name for people
   * @param values the recipe's keys that differ from the comparison's recipe, with their values
   * @param x the value of the axis as a number; null where there is none
   * @param parameters of the trained model
   * @param budget computed operations that each training was to take; null where none was set
   * @param cells a training each, by seed
   * @param top1 share of test images that are told right, or the comparison's other measure, 0 to
   *     1; null until a seed is done
   * @param measures what else the trained models were measured by, over the seeds, by the names of
   *     {@link Metrics}; empty until a seed is done
   * @param gains what each hybrid network is better than its meta model before any fine-tuning, by
   *     module (Fig. 9); empty where no module is trained alone
   */
  public record Row(
      String label,
      String method,
      String methodTitle,
      Map<String, String> values,
      @Nullable Double x,
      long parameters,
      @Nullable Double budget,
      List<Cell> cells,
      @Nullable Estimate top1,
      Map<String, Estimate> measures,
      List<Estimate> gains) {

    /** Copies. */
    public Row {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
      measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
      cells = List.copyOf(cells);
      gains = List.copyOf(gains);
    }

    /** The mean over the trainings that have come to their end; empty where none has. */
    public OptionalDouble mean(ToDoubleFunction<Cell> number) {
      return done().stream().mapToDouble(number).average();
    }

    /** The trainings that have come to their end. */
    public List<Cell> done() {
      return cells.stream().filter(Cell::isDone).toList();
    }
  }

  /**
   * One training by one seed.
   *
   * @param seed of the recipe
   * @param folder its run folder, below the comparison's
   * @param failure why it has not come to its end; null where it has
   * @param plannedFlops computed operations that were planned
   * @param computedFlops operations that were computed
   * @param nominalFlops by the networks' shape
   * @param seconds of all its stages, those side by side counted each
   * @param longestPath seconds of the longest chain of stages that need one another: what it takes
   *     with executors for all modules
   * @param top1 of the trained model at its last epoch, 0 to 1; null until it is done
   * @param measures what else it was measured by, by the names of {@link Metrics}; empty until it
   *     is done
   * @param stages what each did, in their order
   * @param curve the target model's accuracy over cost, measured after each epoch (Fig. 5)
   * @param right which test images the trained model tells right: a bit an image from the lowest
   *     on, as base64; empty until it is done
   */
  public record Cell(
      long seed,
      String folder,
      @Nullable String failure,
      double plannedFlops,
      double computedFlops,
      double nominalFlops,
      double seconds,
      double longestPath,
      @Nullable Double top1,
      Map<String, Double> measures,
      List<CellStage> stages,
      List<CurvePoint> curve,
      String right) {

    /** Copies. */
    public Cell {
      measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
      stages = List.copyOf(stages);
      curve = List.copyOf(curve);
    }

    /** Whether it has come to its end. */
    public boolean isDone() {
      return top1 != null;
    }
  }

  /**
   * A stage of a training.
   *
   * @param name such as {@code meta} or {@code modules/2}
   * @param module the module that is kept, from 0, or null for a whole network
   * @param epochs that it was trained for
   * @param loss mean training loss of the last epoch; null where nothing was trained
   * @param top1 of its network, 0 to 1
   * @param computedFlops of its training
   * @param seconds of its training
   * @param sha256 of its weights
   */
  public record CellStage(
      String name,
      @Nullable Integer module,
      int epochs,
      @Nullable Double loss,
      @Nullable Double top1,
      double computedFlops,
      double seconds,
      String sha256) {}

  /**
   * A measurement of the target model in training.
   *
   * @param flops computed operations up to it, those of all stages before included
   * @param top1 0 to 1
   */
  public record CurvePoint(double flops, double top1) {}

  /** What may be said of a difference. */
  public enum Verdict {
    /** The first row's networks are better. */
    BETTER,
    /** The first row's networks are worse. */
    WORSE,
    /** No clear difference. */
    UNCLEAR
  }

  /**
   * The difference of two rows, over the seeds that both have done.
   *
   * @param row index of the first
   * @param other index of the second
   * @param difference first minus second, paired by seed and image
   * @param adjusted probability by chance after Holm's correction over all pairs
   * @param verdict what may be said
   */
  public record Pair(int row, int other, Estimate difference, double adjusted, Verdict verdict) {}

  /**
   * How the difference of two methods changes from the first value of the axis to the last.
   *
   * @param method the first method's title
   * @param other the second method's title
   * @param from the axis' first value
   * @param to the axis' last value
   * @param change of the difference, paired by seed and image
   */
  public record Trend(String method, String other, double from, double to, Estimate change) {}

  /**
   * What one method costs for another's best accuracy along the axis.
   *
   * @param method whose cost is counted, its title
   * @param other whose best accuracy is to be reached, its title
   * @param reached seeds by which it was reached
   * @param ratio of the other's cost to the method's, one a seed, where all have reached it and
   *     there are two seeds at least; else null
   * @param atLeast whether the ratio is a lower bound, since with some seed the method was as good
   *     at the lowest cost already
   */
  public record CostRatio(
      String method, String other, int reached, @Nullable Estimate ratio, boolean atLeast) {

    /** A ratio that is no bound. */
    public CostRatio(String method, String other, int reached, @Nullable Estimate ratio) {
      this(method, other, reached, ratio, false);
    }
  }
}
