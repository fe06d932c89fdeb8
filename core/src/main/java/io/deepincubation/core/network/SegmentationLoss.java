package io.deepincubation.core.network;

import io.deepincubation.core.network.Interpolation.Grid;
import org.jspecify.annotations.Nullable;

/** The loss of a {@link SegmentationNetwork} as a program. */
final class SegmentationLoss {

  /** What the auxiliary head's loss counts. */
  private static final double AUXILIARY_SHARE = 0.4;

  /** TorchScript's number for 64-bit whole numbers. */
  private static final int LONG = 4;

  /** Words in capitals are replaced. */
  private static final String ENTROPY =
      """
      # logits: (B, classes, h, w), labels: (B, H, W)
      def entropy(self, logits: Tensor, labels: Tensor) -> Tensor:
        large = self.bilinear(logits, torch.size(labels, 1), torch.size(labels, 2))
        likely = torch.log_softmax(large, 1)
        ignored = torch.eq(labels, IGNORED)
        known = torch.to(torch.masked_fill(labels, ignored, 0), LONG)
        own = torch.squeeze(torch.gather(likely, 1, torch.unsqueeze(known, 1)), 1)
        lost = torch.neg(torch.sum(torch.masked_fill(own, ignored, 0)))
        count = torch.sum(torch.to(torch.logical_not(ignored), 6))
        return torch.div(lost, torch.clamp(count, 1))
      """;

  private static final String ONE_HEAD =
      """
      def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        return self.entropy(torch.reshape(outputs, [-1, CLASSES, ROWS, COLUMNS]), targets)
      """;

  private static final String TWO_HEADS =
      """
      def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        head = torch.slice(outputs, 1, 0, CLASSES * ROWS * COLUMNS)
        other = torch.slice(outputs, 1, CLASSES * ROWS * COLUMNS)
        loss = self.entropy(torch.reshape(head, [-1, CLASSES, ROWS, COLUMNS]), targets)
        auxiliary = self.entropy(torch.reshape(other, [-1, CLASSES, HIGH, WIDE]), targets)
        return torch.add(loss, auxiliary, alpha=SHARE)
      """;

  private SegmentationLoss() {}

  /**
   * The program.
   *
   * @param classes of a pixel
   * @param logits of the head
   * @param auxiliary logits of the auxiliary head, null where there is none
   * @param ignored the label of pixels that have none
   */
  static LossProgram program(int classes, Grid logits, @Nullable Grid auxiliary, int ignored) {
    String source = auxiliary == null ? ONE_HEAD : withSize(TWO_HEADS, auxiliary);
    String filled =
        (ENTROPY + "\n" + source)
            .replace("IGNORED", String.valueOf(ignored))
            .replace("LONG", String.valueOf(LONG))
            .replace("CLASSES", String.valueOf(classes))
            .replace("ROWS", String.valueOf(logits.height()))
            .replace("COLUMNS", String.valueOf(logits.width()))
            .replace("SHARE", String.valueOf(AUXILIARY_SHARE));
    return new LossProgram(Resizing.SOURCE + "\n" + filled, null);
  }

  private static String withSize(String source, Grid auxiliary) {
    return source
        .replace("HIGH", String.valueOf(auxiliary.height()))
        .replace("WIDE", String.valueOf(auxiliary.width()));
  }
}
