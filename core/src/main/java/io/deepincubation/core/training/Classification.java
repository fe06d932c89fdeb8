package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.batch.EvaluationBatch;
import io.deepincubation.core.network.LossProgram;
import io.deepincubation.core.run.Metrics;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

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
    private final Map<Integer, Answers> batches = new ConcurrentSkipListMap<>();

    /** What was right of a batch's images, and what they are taken for. */
    private record Answers(int[] labels, long[] predicted) {}

    private Counts(int classes) {
      this.classes = classes;
    }

    @Override
    public void add(NDArray logits, EvaluationBatch batch) {
      batches.put(batch.first(), new Answers(batch.labels(), logits.argMax(-1).toLongArray()));
    }

    /** The images so far. */
    public ConfusionMatrix confusion() {
      long[][] counts = new long[classes][classes];
      for (Answers batch : batches.values()) {
        for (int i = 0; i < batch.predicted.length; i++) {
          counts[batch.labels[i]][(int) batch.predicted[i]]++;
        }
      }
      return new ConfusionMatrix(counts);
    }

    /** Top-1 accuracy. */
    @Override
    public Metrics metrics() {
      long images = 0;
      long right = 0;
      for (Answers batch : batches.values()) {
        images += batch.predicted.length;
        for (int i = 0; i < batch.predicted.length; i++) {
          right += batch.labels[i] == batch.predicted[i] ? 1 : 0;
        }
      }
      return Metrics.ofTop1((double) right / images);
    }

    @Override
    public List<Integer> predicted() {
      return batches.values().stream()
          .flatMapToLong(batch -> Arrays.stream(batch.predicted))
          .mapToObj(Math::toIntExact)
          .toList();
    }
  }
}
