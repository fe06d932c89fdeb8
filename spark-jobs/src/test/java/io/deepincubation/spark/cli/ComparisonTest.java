package io.deepincubation.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.spark.cli.Comparison.Facts;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  @Test
  void claimsADifferenceOnlyBeyondChance() {
    assertThat(Comparison.verdict(new Facts(0.7, 0.6, 0.1, 0.03, 1, 1, 2000)))
        .isEqualTo(
            "Deep Incubation is 10.0 points better than end-to-end training at equal training cost"
                + "\n(2,000 test images, one seed: +-3.0 points by chance).");
    assertThat(Comparison.verdict(new Facts(0.6, 0.7, -0.1, 0.03, 1, 1, 2000)))
        .startsWith("Deep Incubation is 10.0 points worse than");
    assertThat(Comparison.verdict(new Facts(0.61, 0.6, 0.01, 0.03, 1, 1, 2000)))
        .isEqualTo(
            "No clear difference at equal training cost: Deep Incubation is +1.0 points from end to"
                + " end\n(2,000 test images, one seed: +-3.0 points by chance).");
  }
}
