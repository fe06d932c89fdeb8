package io.deepincubation.core.data.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.random.RandomStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunLengthsTest {

  @Test
  void randomMasksSurviveTheirTextAndMeetAsTheirBitsDo() {
    RandomStream random = RandomStream.of(7);
    for (int trial = 0; trial < 50; trial++) {
      int height = 1 + random.nextInt(40);
      int width = 1 + random.nextInt(40);
      boolean[] one = bits(random, height * width);
      boolean[] other = bits(random, height * width);
      RunLengths first = RunLengths.of(one, height, width);
      RunLengths second = RunLengths.of(other, height, width);

      assertThat(RunLengths.parse(first.compressed(), height, width)).isEqualTo(first);
      assertThat(first.bits()).isEqualTo(one);
      boolean[] both = new boolean[one.length];
      boolean[] either = new boolean[one.length];
      for (int i = 0; i < one.length; i++) {
        both[i] = one[i] && other[i];
        either[i] = one[i] || other[i];
      }
      assertThat(first.intersection(second)).isEqualTo(RunLengths.of(both, height, width));
      assertThat(first.union(second)).isEqualTo(RunLengths.of(either, height, width));
    }
  }

  @Test
  void largeCountsSurviveTheirText() {
    int[] counts = {1_000_000_000, 1, 999_999, 31, 5, 1_000_000};

    RunLengths mask = RunLengths.ofCounts(counts, 1, 1_002_000_036);

    assertThat(RunLengths.parse(mask.compressed(), 1, 1_002_000_036).counts()).isEqualTo(counts);
  }

  @Test
  void lengthsOfNothingJoinTheirNeighbours() {
    RunLengths mask = RunLengths.ofCounts(new int[] {2, 3, 0, 4, 1, 0}, 2, 5);

    assertThat(mask.counts()).containsExactly(2, 7, 1);
  }

  @Test
  void refusesLengthsThatDoNotFillTheMask() {
    assertThatThrownBy(() -> RunLengths.ofCounts(new int[] {2, 3}, 2, 3))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage("Cannot read run lengths: expected 2 x 3 bits in all, got 5");
    assertThatThrownBy(() -> RunLengths.ofCounts(new int[] {2, 5}, 2, 3))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("got length 5 at position 2");
    assertThatThrownBy(() -> RunLengths.ofCounts(new int[] {-1, 7}, 2, 3))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("got length -1 at position 0");
  }

  @Test
  void refusesTextsThatAreNone() {
    assertThatThrownBy(() -> RunLengths.parse("6 ", 2, 3))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected characters from 0 to o, got character 32 at 1");
    assertThatThrownBy(() -> RunLengths.parse("6P", 2, 3))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("the last without a mark, got none at 1");
    assertThatThrownBy(() -> RunLengths.parse("7O", 2, 3))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected counts from 0 to 2^31 - 1, got -1");
  }

  @Test
  void refusesSidesThatNoMaskHas() {
    assertThatThrownBy(() -> RunLengths.parse("0", 0, 3))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("got 0 x 3");
    assertThatThrownBy(() -> new RunLengthsBuilder(1 << 20, 1 << 20))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("at most 2^31 - 1 bits");
  }

  @Test
  void refusesMasksOfTwoSizes() {
    RunLengths one = RunLengths.parse("6", 2, 3);
    RunLengths other = RunLengths.parse("6", 3, 2);

    assertThatThrownBy(() -> one.overlap(other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot compare masks: expected two of 2 x 3, got one of 3 x 2");
  }

  @Test
  void refusesPolygonsThatCannotBeDrawn() {
    assertThatThrownBy(() -> new Polygon(new double[] {1, 2, 3, 4}))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected x and y of three corners at least, got 4 numbers");
    assertThatThrownBy(() -> new Polygon(new double[] {1, 2, 3, 4, 5, Double.NaN}))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("within a million pixels, got NaN");
  }

  @Test
  void noPolygonIsNoPixel() {
    assertThat(Polygon.draw(List.of(), 3, 4).area()).isZero();
  }

  @Test
  void refusesBoxesWithEdgesOutOfOrder() {
    assertThatThrownBy(() -> new Box(3, 0, 2, 1))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected edges in order, got x from 3.0 to 2.0");
    assertThatThrownBy(() -> Box.ofSize(0, 0, Double.NaN, 1))
        .isInstanceOf(UnfitDataException.class);
  }

  private static boolean[] bits(RandomStream random, int count) {
    boolean[] bits = new boolean[count];
    double share = random.nextDouble();
    for (int i = 0; i < count; i++) {
      bits[i] = random.nextDouble() < share;
    }
    return bits;
  }
}
