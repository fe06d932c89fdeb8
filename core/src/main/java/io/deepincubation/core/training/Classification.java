package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.batch.EvaluationBatch;
import io.deepincubation.core.network.LossProgram;
import io.deepincubation.core.run.Metrics;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * To tell the class of each image: logits of B x classes against soft targets of B x classes.
 *
 * <pre>
 * loss = - mean over images of sum over classes of target * log softmax(logits)
 * </pre>
 *
 * @param classes number of classes
 * @param labelSmoothing share of a target that all classes divide evenly
 */
public record Classification(int classes, double labelSmoothing) implements Task {

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

  /** Checks. */
  public Classification {
    if (classes < 1) {
      throw new IllegalArgumentException(
          "Cannot classify into " + classes + " classes: expected at least 1");
    }
  }

  @Override
  public String name() {
    return "classification";
  }

  @Override
  public Shape targetShape() {
    return new Shape(classes);
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

  /** Which class each image is taken for: that of the highest logit. */
  public static final class Counts implements Tally {

    private final int classes;
    private final AtomicLongArray counts;

    private Counts(int classes) {
      this.classes = classes;
      counts = new AtomicLongArray(classes * classes);
    }

    @Override
    public void add(NDArray logits, EvaluationBatch batch) {
      long[] predicted = logits.argMax(-1).toLongArray();
      for (int i = 0; i < predicted.length; i++) {
        counts.incrementAndGet(batch.labels()[i] * classes + Math.toIntExact(predicted[i]));
      }
    }

    /** The images so far. */
    public ConfusionMatrix confusion() {
      long[][] rows = new long[classes][classes];
      for (int i = 0; i < classes * classes; i++) {
        rows[i / classes][i % classes] = counts.get(i);
      }
      return new ConfusionMatrix(rows);
    }

    /** Top-1 accuracy. */
    @Override
    public Metrics metrics() {
      return Metrics.ofTop1(confusion().accuracy());
    }
  }
}
