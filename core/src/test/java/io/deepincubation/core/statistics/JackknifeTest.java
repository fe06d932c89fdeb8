package io.deepincubation.core.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class JackknifeTest {

  private static final Offset<Double> ROUNDING = within(1e-12);

  private record Counted(double part, double whole) {}

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(value -> value).average().orElseThrow();
  }

  private static double ratio(List<Counted> images) {
    return images.stream().mapToDouble(Counted::part).sum()
        / images.stream().mapToDouble(Counted::whole).sum();
  }

  private static double[] array(List<Double> shares) {
    return shares.stream().mapToDouble(share -> share).toArray();
  }

  @Test
  void aMeanGivesTheValuesThemselves() {
    List<Double> values = List.of(0.5, 0.25, 1.0, 0.0);

    double[] shares = array(Jackknife.shares(values, JackknifeTest::mean));

    assertThat(shares).containsExactly(array(values), ROUNDING);
  }

  /** As {@code scipy.stats} has no jackknife: by its formula, of a ratio of sums. */
  @Test
  void theirErrorIsTheJackknifesAndTheirMeanTheMeasure() {
    List<Counted> images =
        IntStream.range(0, 12).mapToObj(i -> new Counted(i * i % 7, 5 + i % 4)).toList();
    double[] without =
        IntStream.range(0, 12)
            .mapToDouble(
                i ->
                    ratio(
                        IntStream.range(0, 12).filter(k -> k != i).mapToObj(images::get).toList()))
            .toArray();
    double mean = DoubleStream.of(without).average().orElseThrow();
    double squares = DoubleStream.of(without).map(v -> (v - mean) * (v - mean)).sum();

    Estimate estimate = Estimate.of(List.of(array(Jackknife.shares(images, JackknifeTest::ratio))));

    assertThat(estimate.mean()).isCloseTo(ratio(images), ROUNDING);
    assertThat(estimate.imageError()).isCloseTo(Math.sqrt(11 / 12.0 * squares), ROUNDING);
  }

  @Test
  void manyImagesAreTwoHundredGroupsThatFollowOneAnother() {
    List<Double> values = IntStream.range(0, 1000).mapToObj(i -> (double) (i / 5 % 2)).toList();

    double[] shares = array(Jackknife.shares(values, JackknifeTest::mean));

    assertThat(shares).hasSize(200);
    assertThat(DoubleStream.of(shares).average().orElseThrow()).isCloseTo(0.5, ROUNDING);
    assertThat(shares[0]).isLessThan(0.01);
    assertThat(shares[1]).isGreaterThan(0.99);
  }

  @Test
  void oneImageTellsNothing() {
    assertThat(Jackknife.shares(List.of(0.5), JackknifeTest::mean)).isEmpty();
  }
}
