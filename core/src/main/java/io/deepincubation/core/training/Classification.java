package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.batch.ClassTargets;
import io.deepincubation.core.data.batch.EvaluationBatch;
import io.deepincubation.core.data.batch.Targets;
import io.deepincubation.core.network.LossProgram;
import io.deepincubation.core.run.ClassMeasures;
import io.deepincubation.core.run.Metrics;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * To tell the class of each image: logits of B x classes against soft targets of B x classes.
 *
 * <pre>
 * loss = - mean over images of sum over classes of weight * target * log softmax(logits)
 * </pre>
 *
 * <p>Weights are part of the targets that the loss gets. With them it is what PyTorch's {@code
 * CrossEntropyLoss} gives for probabilities as targets.
 *
 * @param classes number of classes
 * @param labelSmoothing share of a target that all classes divide evenly
 * @param weights of the classes
 */
public record Classification(int classes, double labelSmoothing, List<Double> weights)
    implements Task {

  private static final LossProgram SOFT_CROSS_ENTROPY =
      new LossProgram(
          """
          def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
            each = torch.sum(torch.mul(targets, torch.log_softmax(logits, -1)), [-1])
            return torch.neg(torch.mean(each))
          """,
          """
          def loss_back(self, logits: Tensor, targets: Tensor, total: Tensor,
                        share: float) -> Tensor:
            log = torch.log_softmax(logits, -1)
            each = torch.sum(torch.mul(targets, log), [-1])
            unused = torch.sub_(total, torch.mean(each), alpha=share)
            expected = torch.mul(torch.exp(log), torch.sum(targets, [-1], True))
            return torch.mul(torch.sub(expected, targets), share / torch.size(logits, 0))
          """);

  private static final int FEW = 5;

  /** Instead of a class: an image whose outputs are no numbers. */
  private static final int NONE = -1;

  /** Checks and copies. */
  public Classification {
    weights = List.copyOf(weights);
    if (classes < 1) {
      throw new IllegalArgumentException(
          "Cannot classify into " + classes + " classes: expected at least 1");
    }
  }

  /** With classes that count alike. */
  public Classification(int classes, double labelSmoothing) {
    this(classes, labelSmoothing, Collections.nCopies(Math.max(0, classes), 1.0));
  }

  @Override
  public String name() {
    return "classification";
  }

  @Override
  public Shape targetShape() {
    return new Shape(classes);
  }

  @Override
  public Targets targets() {
    return new ClassTargets(classes, labelSmoothing, weights);
  }

  /** The cross-entropy with soft targets. */
  @Override
  public LossProgram loss() {
    return SOFT_CROSS_ENTROPY;
  }

  @Override
  public Counts tally() {
    return new Counts(classes);
  }

  @Override
  public Set<String> measures() {
    return Set.of(
        Metrics.TOP1,
        Metrics.TOP5,
        Metrics.LOG_LOSS,
        Metrics.ECE,
        Metrics.PRECISION,
        Metrics.RECALL,
        Metrics.F1);
  }

  /** Which class each image is taken for, that of the highest logit, and how surely. */
  public static final class Counts implements Tally {

    private final int classes;
    private final Map<Integer, Answers> batches = new ConcurrentSkipListMap<>();

    /** What was right of a batch's images, what they are taken for, and how surely. */
    private record Answers(int[] labels, int[] predicted, long amongFive, Calibration sure) {}

    private Counts(int classes) {
      this.classes = classes;
    }

    @Override
    public void add(NDArray logits, EvaluationBatch batch) {
      float[] values = logits.toFloatArray();
      int[] labels = batch.labels();
      var predicted = new int[labels.length];
      var sure = new Calibration();
      long amongFive = 0;
      for (int i = 0; i < labels.length; i++) {
        int row = i * classes;
        predicted[i] = best(values, row);
        if (predicted[i] == NONE) {
          sure.unanswered();
        } else {
          count(values, row, labels[i], predicted[i], sure);
          amongFive += above(values, row, labels[i]) < FEW ? 1 : 0;
        }
      }
      batches.put(batch.first(), new Answers(labels, predicted, amongFive, sure));
    }

    /** The first class of the highest logit; none where the outputs give no probabilities. */
    private int best(float[] values, int row) {
      int best = 0;
      for (int i = 0; i < classes; i++) {
        float value = values[row + i];
        if (Float.isNaN(value) || value == Float.POSITIVE_INFINITY) {
          return NONE;
        }
        best = value > values[row + best] ? i : best;
      }
      return values[row + best] == Float.NEGATIVE_INFINITY ? NONE : best;
    }

    private void count(float[] values, int row, int label, int predicted, Calibration sure) {
      double highest = values[row + predicted];
      double sum = 0;
      for (int i = 0; i < classes; i++) {
        sum += StrictMath.exp(values[row + i] - highest);
      }
      sure.answered(1 / sum, predicted == label);
      sure.lost(StrictMath.log(sum) + highest - values[row + label]);
    }

    /** Classes that come before one: of a higher logit, or of an equal one and a lower number. */
    private int above(float[] values, int row, int label) {
      int above = 0;
      for (int i = 0; i < classes; i++) {
        float value = values[row + i];
        float own = values[row + label];
        above += value > own || (value == own && i < label) ? 1 : 0;
      }
      return above;
    }

    /** The images so far. */
    @Override
    public Optional<ConfusionMatrix> confusion() {
      var counts = new long[classes][classes];
      var unanswered = new long[classes];
      for (Answers batch : batches.values()) {
        for (int i = 0; i < batch.predicted.length; i++) {
          if (batch.predicted[i] == NONE) {
            unanswered[batch.labels[i]]++;
          } else {
            counts[batch.labels[i]][batch.predicted[i]]++;
          }
        }
      }
      return Optional.of(new ConfusionMatrix(counts, unanswered));
    }

    @Override
    public ClassMeasures classes() {
      var counts = new ClassCounts(classes);
      for (Answers batch : batches.values()) {
        for (int i = 0; i < batch.predicted.length; i++) {
          int label = batch.labels[i];
          int predicted = batch.predicted[i];
          counts.add(label, true, predicted == label);
          if (predicted != NONE && predicted != label) {
            counts.add(predicted, false, true);
          }
        }
      }
      return counts.measures(null);
    }

    /** Top-1 accuracy, and what else is told of classifiers. */
    @Override
    public Metrics metrics() {
      long images = 0;
      long right = 0;
      long amongFive = 0;
      long unanswered = 0;
      var sure = new Calibration();
      for (Answers batch : batches.values()) {
        images += batch.predicted.length;
        amongFive += batch.amongFive;
        sure.add(batch.sure);
        for (int i = 0; i < batch.predicted.length; i++) {
          right += batch.labels[i] == batch.predicted[i] ? 1 : 0;
          unanswered += batch.predicted[i] == NONE ? 1 : 0;
        }
      }
      ClassMeasures ofClasses = classes();
      var values = new LinkedHashMap<String, Double>();
      values.put(Metrics.TOP1, (double) right / images);
      values.put(Metrics.TOP5, (double) amongFive / images);
      values.put(Metrics.LOG_LOSS, sure.logLoss());
      values.put(Metrics.ECE, sure.error());
      values.put(Metrics.PRECISION, ClassCounts.mean(ofClasses, ofClasses.precision()));
      values.put(Metrics.RECALL, ClassCounts.mean(ofClasses, ofClasses.recall()));
      values.put(Metrics.F1, ClassCounts.mean(ofClasses, ofClasses.f1()));
      if (unanswered > 0) {
        values.put(Metrics.UNANSWERED, (double) unanswered / images);
      }
      return new Metrics(Metrics.TOP1, values);
    }

    @Override
    public List<Integer> predicted() {
      return batches.values().stream()
          .flatMapToInt(batch -> Arrays.stream(batch.predicted))
          .boxed()
          .toList();
    }
  }
}
