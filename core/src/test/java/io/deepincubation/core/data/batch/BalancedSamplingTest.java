package io.deepincubation.core.data.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.set.ImageTable;
import io.deepincubation.core.data.set.LabelSets;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.AugmentationRecipe;
import io.deepincubation.core.testing.TestImages;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BalancedSamplingTest {

  /** Twelve images of class 0, three of class 1, one of class 2. */
  private static final int[] LABELS = {0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 1, 0, 0, 0, 1, 0};

  private static final AugmentationRecipe FLIPPED =
      new AugmentationRecipe(2, false, true, 0, 0, 0, 0, 0.9, 1);

  @Test
  void takesEachClassAsOftenAsAnyOther() {
    var sampling = new BalancedSampling(LabelSets.single(3), LABELS);

    int[] drawn = sampling.draw(rows(16), RandomStream.of(1));

    assertThat(drawn).hasSize(16);
    assertThat(counts(drawn)).containsValues(5, 6).hasSize(3);
    assertThat(Arrays.stream(drawn).filter(row -> LABELS[row] == 0).distinct().count())
        .as("no image twice before all of its class")
        .isGreaterThanOrEqualTo(5);
    assertThat(sampling.draw(rows(16), RandomStream.of(1))).isEqualTo(drawn);
    assertThat(sampling.draw(rows(16), RandomStream.of(2))).isNotEqualTo(drawn);
  }

  @Test
  void drawsAmongTheGivenRowsAlone() {
    var sampling = new BalancedSampling(LabelSets.single(3), LABELS);

    assertThat(sampling.draw(new int[] {4, 0, 1, 2}, RandomStream.of(1)))
        .hasSize(4)
        .containsOnly(0, 1, 4)
        .containsOnlyOnce(0, 1);
  }

  @Test
  void takesImagesWithoutAnyOfSeveralClassesForOneClassMore() {
    var sets = new LabelSets(2, List.of(List.of(), List.of(0, 1), List.of(0)));
    int[] labels = {0, 0, 0, 1, 2, 2, 2, 2, 2};

    int[] drawn = new BalancedSampling(sets, labels).draw(rows(9), RandomStream.of(3));

    long none = Arrays.stream(drawn).filter(row -> labels[row] == 0).count();
    long both = Arrays.stream(drawn).filter(row -> labels[row] == 1).count();
    assertThat(none).isEqualTo(3);
    assertThat(both).as("each time for class 1, once at least for class 0").isBetween(3L, 4L);
  }

  @Test
  void repeatsAnImageWithOtherDraws() {
    var table = ImageTable.of(new byte[16 * 3 * 64], LABELS, 8, 8);
    var batches =
        TestImages.batches(
                table, FLIPPED, new ClassTargets(3, 0), 16, new BatchKey(1, "meta", -1), 1)
            .balanced(LabelSets.single(3));

    Batch batch = batches.batch(0, 0);

    var looks = new HashMap<Integer, Integer>();
    for (int i = 0; i < 16; i++) {
      if (batch.targets()[3 * i + 2] == 1) {
        looks.merge(
            Arrays.hashCode(Arrays.copyOfRange(batch.inputs(), i * 192, (i + 1) * 192)),
            1,
            Integer::sum);
      }
    }
    assertThat(looks).as("looks of the one image of class 2").hasSizeGreaterThan(3);
    assertThat(batches.batch(0, 0).inputs()).isEqualTo(batch.inputs());
    assertThat(batches.batch(1, 0).inputs()).isNotEqualTo(batch.inputs());
  }

  private static int[] rows(int count) {
    return IntStream.range(0, count).toArray();
  }

  private static Map<Integer, Integer> counts(int[] drawn) {
    var counts = new HashMap<Integer, Integer>();
    for (int row : drawn) {
      counts.merge(LABELS[row], 1, Integer::sum);
    }
    return counts;
  }
}
