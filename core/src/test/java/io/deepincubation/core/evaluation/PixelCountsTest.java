package io.deepincubation.core.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PixelCountsTest {

  @Test
  void addUpInAnyOrder() {
    PixelCounts one = PixelCounts.of(3, new int[] {0, 1, 255, 2}, new int[] {0, 0, 1, 2}, 255);
    PixelCounts other = PixelCounts.of(3, new int[] {2, 2}, new int[] {1, 2}, 255);

    assertThat(one.plus(other)).isEqualTo(other.plus(one)).hasSameHashCodeAs(other.plus(one));
    assertThat(one.plus(other).right()).containsExactly(1, 0, 2);
    assertThat(one.plus(other).truth()).containsExactly(1, 1, 3);
    assertThat(one.plus(other).predicted()).containsExactly(2, 1, 2);
    assertThat(one).hasToString("3 pixels of 3 classes " + one.measures());
  }

  @Test
  void refuseLabelsThatAreNoClass() {
    assertThatThrownBy(() -> PixelCounts.of(3, new int[] {3}, new int[] {0}, 255))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot count pixels: expected classes from 0 to 2, got one of class 3 that is taken"
                + " for 0");
  }

  @Test
  void refuseMapsOfTwoSizes() {
    assertThatThrownBy(() -> PixelCounts.of(3, new int[2], new int[3], 255))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot count pixels: expected 2 predicted ones, got 3");
    PixelCounts two = PixelCounts.none(2);
    PixelCounts three = PixelCounts.none(3);
    assertThatThrownBy(() -> two.plus(three))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot add pixels: expected 2 classes, got 3");
  }
}
