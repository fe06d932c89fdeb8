package io.deepincubation.core.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PermutationTest {

  @Test
  void holdsEveryNumberOnce() {
    assertThat(Permutation.of(RandomStream.of(3), 1000))
        .containsExactlyInAnyOrder(IntStream.range(0, 1000).toArray());
  }

  @Test
  void dependsOnTheKeyOnly() {
    assertThat(Permutation.of(RandomStream.of(3), 50))
        .isEqualTo(Permutation.of(RandomStream.of(3), 50))
        .isNotEqualTo(Permutation.of(RandomStream.of(4), 50));
  }

  @Test
  void givesEveryOrderAnEqualChance() {
    Map<String, Integer> seen = new HashMap<>();
    for (int key = 0; key < 6000; key++) {
      int[] order = Permutation.of(RandomStream.of(key), 3);
      seen.merge("" + order[0] + order[1] + order[2], 1, Integer::sum);
    }

    assertThat(seen).hasSize(6);
    assertThat(seen.values()).allMatch(times -> times > 880 && times < 1120);
  }
}
