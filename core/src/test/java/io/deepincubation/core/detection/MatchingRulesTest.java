package io.deepincubation.core.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.random.RandomStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MatchingRulesTest {

  private static final MatchingRules RULES = new MatchingRules(0.5, 0.5, 10, 4);

  @Test
  void drawsNoMoreOfForegroundThanAllowedAndFillsUpWithBackground() {
    Matches matches = matches(20, 100);

    MatchingRules.Sample sample = RULES.sample(matches, RandomStream.of(3));

    assertThat(sample.foreground()).hasSize(4).doesNotHaveDuplicates().isSorted();
    assertThat(sample.background()).hasSize(6).doesNotHaveDuplicates().isSorted();
    assertThat(labels(matches, sample.foreground())).containsOnly(Matches.FOREGROUND);
    assertThat(labels(matches, sample.background())).containsOnly(Matches.BACKGROUND);
    MatchingRules.Sample again = RULES.sample(matches, RandomStream.of(3));
    assertThat(again.background()).isEqualTo(sample.background());
  }

  @Test
  void takesAllWhereThereAreFew() {
    MatchingRules.Sample sample = RULES.sample(matches(2, 3), RandomStream.of(3));

    assertThat(sample.foreground()).containsExactly(0, 1);
    assertThat(sample.background()).containsExactly(3, 4, 5);
  }

  @Test
  void drawsEveryCandidateAsOften() {
    int[] drawn = new int[50];
    for (int i = 0; i < 5000; i++) {
      for (int index : RULES.sample(matches(0, 50), RandomStream.of(i)).background()) {
        drawn[index - 1]++;
      }
    }

    // mean 1000, standard deviation 28
    assertThat(Arrays.stream(drawn)).allMatch(count -> count > 860 && count < 1140);
  }

  @Test
  void withoutObjectsAllIsBackground() {
    float[] candidates = {0, 0, 5, 5, 1, 1, 9, 9};

    assertThat(RULES.anchors(candidates, new float[0]).labels()).containsExactly(0, 0);
    MatchingRules.Regions regions = RULES.regions(candidates, new float[0], RandomStream.of(1));
    assertThat(regions.foreground()).isZero();
    assertThat(regions.objects()).containsExactly(-1, -1);
    assertThat(regions.boxes()).isEqualTo(candidates);
  }

  @Test
  void objectsAreCandidatesToo() {
    float[] proposals = {50, 50, 60, 60};
    float[] objects = {0, 0, 5, 5, 10, 10, 20, 20};

    MatchingRules.Regions regions = RULES.regions(proposals, objects, RandomStream.of(1));

    assertThat(regions.foreground()).isEqualTo(2);
    assertThat(regions.objects()).containsExactly(0, 1, -1);
    assertThat(regions.boxes()).containsExactly(0, 0, 5, 5, 10, 10, 20, 20, 50, 50, 60, 60);
  }

  @Test
  void refusesThresholdsOutOfOrder() {
    assertThatThrownBy(() -> new MatchingRules(0.7, 0.3, 256, 128))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("background <= foreground");
  }

  private static int[] labels(Matches matches, int[] indices) {
    return Arrays.stream(indices).map(i -> matches.labels()[i]).toArray();
  }

  /** Of foreground, then one ignored, then of background. */
  private static Matches matches(int foreground, int background) {
    int[] labels = new int[foreground + 1 + background];
    Arrays.fill(labels, 0, foreground, Matches.FOREGROUND);
    labels[foreground] = Matches.IGNORED;
    return new Matches(new int[labels.length], labels);
  }
}
