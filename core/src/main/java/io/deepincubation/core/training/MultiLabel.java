package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.batch.EvaluationBatch;
import io.deepincubation.core.data.batch.SetTargets;
import io.deepincubation.core.data.batch.Targets;
import io.deepincubation.core.data.set.LabelSets;
import io.deepincubation.core.network.LossProgram;
import io.deepincubation.core.run.ClassMeasures;
import io.deepincubation.core.run.Metrics;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.IntStream;

/**
 * To tell all classes of each image, of which it may have any number: logits of B x classes, whose
 * sigmoids are the classes' probabilities, against targets of B x 2 x classes, see {@link
 * SetTargets}.
 *
 * <pre>
 * loss = - mean over images and classes of yes * log sigmoid(logit) + no * log sigmoid(-logit)
 * </pre>
 *
 * <p>It is what PyTorch's {@code BCEWithLogitsLoss} gives with the classes' weights as {@code
 * pos_weight}.
 *
 * @param sets the classes of each label
 * @param labelSmoothing share of an answer that yes and no divide evenly
 * @param weights of the classes
 */
public record MultiLabel(LabelSets sets, double labelSmoothing, List<Double> weights)
    implements Task {

  private static final String EACH =
      """
        yes, no = torch.unbind(targets, 1)
        each = torch.add(torch.mul(yes, torch.log_sigmoid(logits)),
                         torch.mul(no, torch.log_sigmoid(torch.neg(logits))))
      """;

  private static final LossProgram BINARY_CROSS_ENTROPY =
      new LossProgram(
          """
          def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
          """
              + EACH
              + """
                return torch.neg(torch.mean(each))
              """,
          """
          def loss_back(self, logits: Tensor, targets: Tensor, total: Tensor,
                        share: float) -> Tensor:
          """
              + EACH
              + """
                unused = torch.sub_(total, torch.mean(each), alpha=share)
                expected = torch.mul(torch.add(yes, no), torch.sigmoid(logits))
                return torch.mul(torch.sub(expected, yes), share / torch.numel(logits))
              """);

  /** Copies. */
  public MultiLabel {
    weights = List.copyOf(weights);
  }

  @Override
  public String name() {
    return "multi-label";
  }

  @Override
  public Shape targetShape() {
    return new Shape(2, sets.classes());
  }

  @Override
  public Targets targets() {
    return new SetTargets(sets, labelSmoothing, weights);
  }

  @Override
  public LossProgram loss() {
    return BINARY_CROSS_ENTROPY;
  }

  @Override
  public Counts tally() {
    return new Counts(sets);
  }

  @Override
  public Set<String> measures() {
    return Set.of(Metrics.MAP, Metrics.F1_MACRO, Metrics.F1_MICRO, Metrics.LOG_LOSS, Metrics.ECE);
  }

  /** All logits of a split. */
  public static final class Counts implements Tally {

    private final LabelSets sets;
    private final Map<Integer, Answers> batches = new ConcurrentSkipListMap<>();

    /** A batch's labels and logits; those of an image that has no numbers are not finite. */
    private record Answers(int[] labels, float[] logits) {}

    private Counts(LabelSets sets) {
      this.sets = sets;
    }

    @Override
    public void add(NDArray logits, EvaluationBatch batch) {
      float[] values = logits.toFloatArray();
      for (int first = 0; first < values.length; first += sets.classes()) {
        int last = first + sets.classes();
        float[] all = values;
        if (IntStream.range(first, last).anyMatch(i -> Float.isNaN(all[i]))) {
          Arrays.fill(values, first, last, Float.NEGATIVE_INFINITY);
        }
      }
      batches.put(batch.first(), new Answers(batch.labels(), values));
    }

    /** What is done with each image. */
    private interface Work {
      void image(boolean[] isOf, float[] logits, int first);
    }

    private void forEachImage(Work work) {
      var isOf = new boolean[sets.classes()];
      for (Answers batch : batches.values()) {
        for (int i = 0; i < batch.labels.length; i++) {
          Arrays.fill(isOf, false);
          sets.of(batch.labels[i]).forEach(each -> isOf[each] = true);
          work.image(isOf, batch.logits, i * isOf.length);
        }
      }
    }

    private static boolean isUnanswered(float[] logits, int first) {
      return logits[first] == Float.NEGATIVE_INFINITY;
    }

    private ClassCounts counts() {
      var counts = new ClassCounts(sets.classes());
      forEachImage(
          (isOf, logits, first) -> {
            for (int each = 0; each < isOf.length; each++) {
              counts.add(each, isOf[each], logits[first + each] >= 0);
            }
          });
      return counts;
    }

    private Calibration sure() {
      var sure = new Calibration();
      forEachImage(
          (isOf, logits, first) -> {
            for (int each = 0; each < isOf.length; each++) {
              if (isUnanswered(logits, first)) {
                sure.unanswered();
              } else {
                double logit = logits[first + each];
                double no = StrictMath.log1p(StrictMath.exp(-Math.abs(logit)));
                sure.answered(1 / (1 + StrictMath.exp(-logit)), isOf[each]);
                sure.lost(no + Math.max(0, isOf[each] ? -logit : logit));
              }
            }
          });
      return sure;
    }

    private long unanswered() {
      var count = new long[1];
      forEachImage((isOf, logits, first) -> count[0] += isUnanswered(logits, first) ? 1 : 0);
      return count[0];
    }

    private int images() {
      return batches.values().stream().mapToInt(batch -> batch.labels.length).sum();
    }

    /**
     * Average precision of a class: the sum over falling thresholds of the precision there, times
     * what recall rises by; images of equal logits come together.
     */
    private double averagePrecision(int label) {
      var ranked = new long[images()];
      var next = new int[1];
      forEachImage(
          (isOf, logits, first) ->
              ranked[next[0]++] = rank(logits[first + label]) << 1 | (isOf[label] ? 1 : 0));
      Arrays.sort(ranked);
      long positives = Arrays.stream(ranked).filter(each -> (each & 1) == 1).count();
      double sum = 0;
      long right = 0;
      for (int i = ranked.length - 1; i >= 0; ) {
        long rank = ranked[i] >> 1;
        long before = right;
        for (; i >= 0 && ranked[i] >> 1 == rank; i--) {
          right += ranked[i] & 1;
        }
        sum += (double) (right - before) * right / (ranked.length - 1 - i);
      }
      return positives == 0 ? 0 : sum / positives;
    }

    /** A number that rises with the logit. */
    private static long rank(float logit) {
      int bits = Float.floatToIntBits(logit + 0f);
      return bits < 0 ? ~(bits & Integer.MAX_VALUE) : bits;
    }

    @Override
    public ClassMeasures classes() {
      return classes(counts());
    }

    private ClassMeasures classes(ClassCounts counts) {
      List<Double> precision =
          IntStream.range(0, sets.classes()).mapToObj(this::averagePrecision).toList();
      return counts.measures(precision);
    }

    /** Mean average precision, and what else is told of several labels. */
    @Override
    public Metrics metrics() {
      ClassCounts counts = counts();
      ClassMeasures ofClasses = classes(counts);
      long unanswered = unanswered();
      Calibration sure = sure();
      List<Double> precision = Objects.requireNonNull(ofClasses.averagePrecision());
      var values = new LinkedHashMap<String, Double>();
      values.put(Metrics.MAP, ClassCounts.mean(ofClasses, precision));
      values.put(Metrics.F1_MACRO, ClassCounts.mean(ofClasses, ofClasses.f1()));
      values.put(Metrics.F1_MICRO, counts.microF1());
      values.put(Metrics.LOG_LOSS, sure.logLoss());
      values.put(Metrics.ECE, sure.error());
      if (unanswered > 0) {
        values.put(Metrics.UNANSWERED, (double) unanswered / images());
      }
      return new Metrics(Metrics.MAP, values);
    }
  }
}
