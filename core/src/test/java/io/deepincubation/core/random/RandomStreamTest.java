package io.deepincubation.core.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class RandomStreamTest {

  @Test
  void sameKeyGivesSameNumbers() {
    var first = RandomStream.of(1, 2, 3);
    var second = RandomStream.of(1, 2, 3);
    for (int i = 0; i < 100; i++) {
      assertThat(first.nextLong()).isEqualTo(second.nextLong());
    }
  }

  @Test
  void orderOfPartsMatters() {
    assertThat(RandomStream.of(1, 2).nextLong()).isNotEqualTo(RandomStream.of(2, 1).nextLong());
  }

  @Test
  void numbersStayTheSameFromReleaseToRelease() {
    var stream = RandomStream.of(7, RandomStream.part("meta"), -1);
    assertThat(stream.nextLong()).isEqualTo(3419608856935043249L);
    assertThat(stream.nextGaussian()).isEqualTo(1.7249181951232548);
  }

  @Test
  void gaussianHasUnitVariance() {
    var stream = RandomStream.of(3);
    double[] draws = DoubleStream.generate(stream::nextGaussian).limit(100_000).toArray();
    double mean = DoubleStream.of(draws).average().orElseThrow();
    double variance =
        DoubleStream.of(draws).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
    assertThat(mean).isCloseTo(0, within(0.02));
    assertThat(variance).isCloseTo(1, within(0.02));
  }
}
