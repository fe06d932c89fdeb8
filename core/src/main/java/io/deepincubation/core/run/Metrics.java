package io.deepincubation.core.run;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.evaluation.AveragePrecision;
import io.deepincubation.core.evaluation.PixelCounts;
import io.deepincubation.core.text.Quantities;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a network was measured to be worth, by the names of the measures.
 *
 * @param primary the measure that results, tables and comparisons go by, one of the names
 * @param values each measure's value, finite; shares are 0 to 1
 */
@Evolving
public record Metrics(String primary, Map<String, Double> values) implements Serializable {

  /** Share of images whose class has the highest logit, 0 to 1. */
  public static final String TOP1 = "top1";

  /** Share of images whose class has one of the five highest logits; of more than five classes. */
  public static final String TOP5 = "top5";

  /**
   * Mean negative natural logarithm of the probability of the right answer, at most {@code 52 ln 2}
   * each; of several labels over images and classes.
   */
  public static final String LOG_LOSS = "log-loss";

  /**
   * Expected calibration error (Guo et al., 2017), in 15 bins of equal width: the mean distance of
   * confidence and accuracy of a bin, weighted by its images. Of several labels the confidence is
   * the probability of a class, of images and classes.
   */
  public static final String ECE = "ece";

  /** Mean precision of the classes that have images, see {@link ClassMeasures}. */
  public static final String PRECISION = "precision";

  /** Mean recall of the classes that have images. */
  public static final String RECALL = "recall";

  /** Mean F1 of the classes that have images. */
  public static final String F1 = "f1";

  /** Of several labels: mean average precision of the classes that have images. */
  public static final String MAP = "map";

  /** Of several labels: mean F1, at probability 0.5, of the classes that have images. */
  public static final String F1_MACRO = "f1-macro";

  /** Of several labels: F1, at probability 0.5, of all images and classes together. */
  public static final String F1_MICRO = "f1-micro";

  /**
   * Share of images whose outputs are no numbers, which counts as no answer; only told where there
   * are any.
   */
  public static final String UNANSWERED = "unanswered";

  private static final Set<String> LOWER_IS_BETTER = Set.of(LOG_LOSS, ECE, UNANSWERED);

  /** Mean over the classes of intersection over union of their pixels (mIoU). */
  public static final String MEAN_IOU = PixelCounts.MEAN_IOU;

  /** Mean over the classes of the share of their pixels that is found (mAcc). */
  public static final String MEAN_ACCURACY = PixelCounts.MEAN_ACCURACY;

  /** Share of pixels whose class is right (aAcc). */
  public static final String PIXEL_ACCURACY = PixelCounts.ACCURACY;

  /**
   * COCO's average precision of objects' boxes: over the classes, and over ten overlaps from 0.5 to
   * 0.95 that count as found.
   */
  public static final String AP = AveragePrecision.AP;

  /** The same where an overlap of 0.5 is enough. */
  public static final String AP_50 = AveragePrecision.AP_50;

  /** The same where an overlap of 0.75 is enough. */
  public static final String AP_75 = AveragePrecision.AP_75;

  /** The same of objects of up to 32 x 32 pixels. */
  public static final String AP_SMALL = AveragePrecision.AP_SMALL;

  /** The same of objects of 32 x 32 to 96 x 96 pixels. */
  public static final String AP_MEDIUM = AveragePrecision.AP_MEDIUM;

  /** The same of objects of at least 96 x 96 pixels. */
  public static final String AP_LARGE = AveragePrecision.AP_LARGE;

  /** What these names end with where objects' masks are measured, and not their boxes. */
  public static final String OF_MASKS = "-mask";

  /** Within names of measures of a part of the network, see {@link #with}. */
  private static final String OF_A_PART = ".";

  private static final Pattern PRECISION_OF_OBJECTS =
      Pattern.compile("ap(50|75|-small|-medium|-large)?(-mask)?");

  /** Checks and copies. */
  public Metrics {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    if (!values.containsKey(primary)) {
      throw new IllegalArgumentException(
          "Cannot go by " + primary + ": expected one of " + values.keySet());
    }
  }

  /** Whether a network with the lower value is the better one. */
  public static boolean isBetterLow(String name) {
    return LOWER_IS_BETTER.contains(name);
  }

  /** What a measure is called for people. */
  public static String title(String name) {
    return switch (name) {
      case TOP1 -> "top-1";
      case TOP5 -> "top-5";
      case LOG_LOSS -> "log loss";
      case ECE -> "ECE";
      case F1 -> "F1";
      case MAP -> "mAP";
      case F1_MACRO -> "macro F1";
      case F1_MICRO -> "micro F1";
      case MEAN_IOU -> "mIoU";
      case MEAN_ACCURACY -> "mAcc";
      case PIXEL_ACCURACY -> "aAcc";
      default -> ofObjects(name).orElse(name);
    };
  }

  /** As the paper writes it: AP^b of boxes, AP^m of masks. */
  private static Optional<String> ofObjects(String name) {
    Matcher parts = PRECISION_OF_OBJECTS.matcher(name);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String of = parts.group(1) == null ? "" : " " + parts.group(1).replace("-", "");
    return Optional.of((parts.group(2) == null ? "AP^b" : "AP^m") + of);
  }

  /**
   * The measures that tables tell beside one, as the paper's and its neighbours' do: mAcc beside
   * mIoU, AP^m beside AP^b.
   */
  public static List<String> beside(String name) {
    return switch (name) {
      case MEAN_IOU -> List.of(MEAN_ACCURACY);
      case AP -> List.of(AP + OF_MASKS);
      default -> List.of();
    };
  }

  /** A measure's value for people: per cent where it is a share. */
  public static String text(String name, double value) {
    return name.equals(LOG_LOSS)
        ? String.format(Locale.ROOT, "%.3f", value)
        : Quantities.percent(value);
  }

  /** The accuracy of a classifier alone. */
  public static Metrics ofTop1(double accuracy) {
    return new Metrics(TOP1, Map.of(TOP1, accuracy));
  }

  /**
   * These, and others whose names begin with something.
   *
   * @param prefix of their names with a full stop at its end, such as {@code head.0.}
   * @param others of a part of the network
   */
  public Metrics with(String prefix, Metrics others) {
    var all = new LinkedHashMap<>(values);
    others.values().forEach((name, value) -> all.put(prefix + name, value));
    return new Metrics(primary, all);
  }

  /** The measures of the network as a whole beside the primary one, in their order. */
  public Map<String, Double> others() {
    var others = new LinkedHashMap<>(values);
    others.keySet().removeIf(name -> name.equals(primary) || name.contains(OF_A_PART));
    return others;
  }

  /** The value of the primary measure. */
  public double value() {
    return value(primary);
  }

  /**
   * The value of a measure.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public double value(String name) {
    Double value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "Cannot find measure " + name + ": expected one of " + values.keySet());
    }
    return value;
  }
}
