package io.deepincubation.core.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Estimates beside SciPy's:
 *
 * <pre>
 * import numpy as np, scipy.stats as st
 *
 * def estimate(v):  # (seeds, images)
 *     s, n = v.shape
 *     e1 = v.mean(1).std(ddof=1) / s**.5 if s > 1 else 0.
 *     e2 = v.mean(0).std(ddof=1) / n**.5
 *     e = (e1**2 + e2**2)**.5
 *     d = e**4 / (e1**4 / (s - 1) + e2**4 / (n - 1)) if s > 1 else np.inf
 *     return v.mean(), e1, e2, e, d, st.t.ppf(.975, d) * e, 2 * st.t.sf(abs(v.mean()) / e, d)
 *
 * def seven(s, n):
 *     return np.array([[(a + 3) * (i + 1) * (i + 2) // 2 % 7 for i in range(n)] for a in range(s)])
 *
 * estimate(seven(3, 200) &lt; 4.)      # right
 * estimate(seven(3, 200) % 3 - 1.)  # difference
 * st.ttest_1samp(np.arange(1., 4), 0)
 * </pre>
 */
class EstimateTest {

  private static final Offset<Double> ROUNDING = within(1e-9);

  @ParameterizedTest
  @CsvSource({
    "right, 3, 200, 0.665, 0.12662279942148386, 0.017760975798264373, 0.12786236973652518,"
        + " 2.079465212572103, 0.5304838185520933, 0.032255519973569",
    "right, 5, 1000, 0.6854, 0.1144, 0.007451332925212935, 0.11464241083631467,"
        + " 4.034011236475003, 0.3172427855227019, 0.003828793751304621",
    "right, 2, 50, 0.64, 0.22, 0.03207134902949092, 0.22232537288526344, 1.0429449641591924,"
        + " 2.5643308898302735, 0.20449165755866422",
    "difference, 3, 200, -0.08666666666666667, 0.12504443654601796, 0.04491073098578195,"
        + " 0.13286491210544787, 2.5488313263487075, 0.4684989477678879, 0.5681859419393075",
    "difference, 5, 1000, -0.3708, 0.1950259982668977, 0.014513373074444067,"
        + " 0.19556527809915028, 4.044426052674457, 0.540632115225331, 0.1300510665020436",
    "difference, 2, 50, -0.22, 0.08, 0.1126308762538687, 0.13815105604270378,"
        + " 8.233039130041877, 0.3170141052402534, 0.14887884064217205"
  })
  void estimatesFromSeedsAndImagesAsSciPyDoes(
      String kind,
      int seeds,
      int images,
      double mean,
      double seedError,
      double imageError,
      double error,
      double degrees,
      double margin,
      double p) {
    Estimate estimate = Estimate.of(measured(kind, seeds, images));

    assertThat(estimate.seeds()).isEqualTo(seeds);
    assertThat(estimate.mean()).isCloseTo(mean, ROUNDING);
    assertThat(estimate.spread()).isCloseTo(seedError * Math.sqrt(seeds), ROUNDING);
    assertThat(estimate.seedError()).isCloseTo(seedError, ROUNDING);
    assertThat(estimate.imageError()).isCloseTo(imageError, ROUNDING);
    assertThat(estimate.error()).isCloseTo(error, ROUNDING);
    assertThat(estimate.degrees()).isCloseTo(degrees, ROUNDING);
    assertThat(estimate.margin()).isCloseTo(margin, within(1e-8));
    assertThat(estimate.p()).isCloseTo(p, ROUNDING);
    assertThat(estimate.low()).isCloseTo(mean - margin, within(1e-8));
    assertThat(estimate.high()).isCloseTo(mean + margin, within(1e-8));
  }

  @ParameterizedTest
  @CsvSource({
    "right, 0.855, 0.024959766620478316, 0.048920243638662514, 3.6582844692471335e-257",
    "difference, -0.275, 0.06258160501642764, 0.12265769192690933, 1.1114944507060715e-05"
  })
  void oneSeedKnowsTheImagesAlone(
      String kind, double mean, double imageError, double margin, double p) {
    Estimate estimate = Estimate.of(measured(kind, 1, 200));

    assertThat(estimate.mean()).isCloseTo(mean, ROUNDING);
    assertThat(estimate.spread()).isNull();
    assertThat(estimate.degrees()).isNull();
    assertThat(estimate.seedError()).isZero();
    assertThat(estimate.imageError()).isCloseTo(imageError, ROUNDING);
    assertThat(estimate.error()).isEqualTo(estimate.imageError());
    assertThat(estimate.margin()).isCloseTo(margin, ROUNDING);
    assertThat(estimate.margin() / estimate.imageError()).isCloseTo(1.96, within(1e-4));
    assertThat(estimate.p()).isCloseTo(p, ROUNDING);
  }

  /** An error of 0.15 points from three seeds, and of 0.35 from 10,000 images. */
  @Test
  void givesTheWorkedExample() {
    int images = 10_000;
    double ofImage = 0.35 * Math.sqrt((images - 1.0) / images);
    double ofSeed = 0.15 * Math.sqrt(3);
    List<double[]> points =
        IntStream.of(-1, 0, 1)
            .mapToObj(
                seed ->
                    IntStream.range(0, images)
                        .mapToDouble(i -> seed * ofSeed + 100 * (i % 2 == 0 ? ofImage : -ofImage))
                        .toArray())
            .toList();

    Estimate estimate = Estimate.of(points);

    assertThat(estimate.seedError()).isCloseTo(0.15, ROUNDING);
    assertThat(estimate.imageError()).isCloseTo(0.35, ROUNDING);
    assertThat(estimate.error()).isCloseTo(0.38, within(0.005));
    assertThat(estimate.degrees()).isCloseTo(83, within(0.5));
    assertThat(estimate.margin()).isCloseTo(0.76, within(0.005));
  }

  @Test
  void identicalSeedsLeaveTheErrorOfTheImages() {
    List<double[]> same = Collections.nCopies(3, new double[] {1, 0, 1, 1});

    Estimate estimate = Estimate.of(same);

    assertThat(estimate.mean()).isEqualTo(0.75);
    assertThat(estimate.spread()).isZero();
    assertThat(estimate.seedError()).isZero();
    assertThat(estimate.imageError()).isCloseTo(0.25, ROUNDING);
    assertThat(estimate.degrees()).isCloseTo(3, ROUNDING);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 0", "-1, 10, 0", "0, 10, 1", "1, 6, 0"})
  void whatNeverVariesHasNoErrorAtAll(double value, int seeds, double p) {
    var ofSeed = new double[10_000];
    Arrays.fill(ofSeed, value);

    Estimate estimate = Estimate.of(Collections.nCopies(seeds, ofSeed));

    assertThat(estimate.mean()).isEqualTo(value);
    assertThat(estimate.error()).isZero();
    assertThat(estimate.margin()).isZero();
    assertThat(estimate.degrees()).isNull();
    assertThat(estimate.p()).isEqualTo(p);
  }

  /** The seeds differ, but each image is told right by one of them. */
  @Test
  void imagesThatTheSeedsShareOutEvenlyHaveNoError() {
    Estimate estimate =
        Estimate.of(List.of(new double[] {1, 1, 1, 0, 0, 0}, new double[] {0, 0, 0, 1, 1, 1}));

    assertThat(estimate.mean()).isEqualTo(0.5);
    assertThat(estimate.imageError()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "2, 1.5, 6.353102368087347, 0.20483276469913345",
    "3, 2.0, 2.48413771175033, 0.07417990022744854",
    "5, 3.0, 1.9632431614775572, 0.01323559956368269",
    "10, 5.5, 2.165850589668169, 0.0002781960110481857"
  })
  void seedsAloneHaveStudentsInterval(int seeds, double mean, double margin, double p) {
    Estimate estimate =
        Estimate.ofSeeds(IntStream.rangeClosed(1, seeds).asDoubleStream().toArray());

    assertThat(estimate.mean()).isEqualTo(mean);
    assertThat(estimate.imageError()).isZero();
    assertThat(estimate.degrees()).isCloseTo(seeds - 1, ROUNDING);
    assertThat(estimate.margin()).isCloseTo(margin, within(1e-7));
    assertThat(estimate.p()).isCloseTo(p, ROUNDING);
  }

  /** Quantiles of 0.975 by SciPy. */
  @ParameterizedTest
  @CsvSource({
    "1, 12.706204736174694",
    "2, 4.302652729749462",
    "4, 2.7764451051977934",
    "9, 2.262157162798205"
  })
  void marginIsStudentsQuantileTimesTheError(int degrees, double quantile) {
    Estimate estimate =
        Estimate.ofSeeds(IntStream.rangeClosed(0, degrees).asDoubleStream().toArray());

    assertThat(Objects.requireNonNull(estimate.degrees())).isCloseTo(degrees, ROUNDING);
    assertThat(estimate.margin() / estimate.error()).isCloseTo(quantile, within(1e-7));
  }

  @Test
  void oneImageHasNoErrorOfImages() {
    Estimate estimate = Estimate.of(List.of(new double[] {1}, new double[] {0}));

    assertThat(estimate.imageError()).isZero();
    assertThat(estimate.seedError()).isCloseTo(0.5, ROUNDING);
    assertThat(estimate.degrees()).isCloseTo(1, ROUNDING);
  }

  @Test
  void oneNumberOfOneSeedTellsNoError() {
    assertThat(Estimate.of(List.of(new double[] {0.3})).hasError()).isFalse();
    assertThat(Estimate.of(List.of(new double[] {0.3, 0.4})).hasError()).isTrue();
    assertThat(Estimate.ofSeeds(new double[] {0.3, 0.3}).hasError()).isTrue();
  }

  @Test
  void rejectsNoSeedsAndNoImages() {
    String message = "Cannot estimate a mean: expected a seed and an image at least, got none";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Estimate.of(List.of()))
        .withMessage(message);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Estimate.of(List.of(new double[0])))
        .withMessage(message);
  }

  @Test
  void rejectsSeedsOfOtherImages() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Estimate.of(List.of(new double[2], new double[2], new double[3])))
        .withMessage("Cannot estimate a mean: expected 2 images of each seed, got [2, 2, 3]");
  }

  @Test
  void rejectsOneSeedWithoutImages() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Estimate.ofSeeds(new double[] {2}))
        .withMessage("Cannot estimate from seeds alone: expected 2 at least, got 1");
  }

  private static List<double[]> measured(String kind, int seeds, int images) {
    return IntStream.range(0, seeds)
        .mapToObj(
            seed ->
                IntStream.range(0, images)
                    .map(i -> (seed + 3) * (i + 1) * (i + 2) / 2 % 7)
                    .mapToDouble(v -> kind.equals("right") ? (v < 4 ? 1 : 0) : v % 3 - 1)
                    .toArray())
        .toList();
  }
}
