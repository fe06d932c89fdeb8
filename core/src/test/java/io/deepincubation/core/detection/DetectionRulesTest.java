package io.deepincubation.core.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.annotation.Box;
import io.deepincubation.core.data.annotation.RunLengths;
import io.deepincubation.core.random.RandomStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DetectionRulesTest {

  private static final DetectionRules RULES = new DetectionRules(0.05, 0.5, 100);

  @Test
  void withoutProposalsThereIsNothing() {
    Detections none =
        RULES.detections(new float[0], new float[0], new float[0], BoxCoding.DETECTIONS, 10, 10);

    assertThat(none.objects()).isEmpty();
    assertThat(new ProposalRules(10, 0.7, 5).proposals(List.of(), 10, 10).boxes()).isEmpty();
  }

  @Test
  void outputsThatAreNoNumbersGiveNothing() {
    float[] box = {1, 1, 5, 5};
    float[] deltas = {Float.NaN, 0, 0, 0};

    assertThat(
            RULES
                .detections(box, new float[] {1, 0}, deltas, BoxCoding.DETECTIONS, 10, 10)
                .objects())
        .isEmpty();
    assertThat(
            RULES
                .detections(
                    box, new float[] {Float.NaN, 0}, new float[4], BoxCoding.DETECTIONS, 10, 10)
                .objects())
        .isEmpty();
    ProposalRules.Level level =
        new ProposalRules.Level(
            new float[] {1, 1, 5, 5, 1, 1, 5, 5}, new float[] {Float.NaN, 2}, new float[8]);
    assertThat(new ProposalRules(10, 0.7, 5).proposals(List.of(level), 10, 10).logits())
        .containsExactly(2);
  }

  @Test
  void objectsHaveTheSizeOfTheirImage() {
    Detections seen = new Detections(new float[] {0, 5, 10, 10}, new float[] {0.9f}, new int[] {4});
    float[] mask = new float[28 * 28];
    Arrays.fill(mask, 0.9f);

    List<DetectedObject> objects = seen.resized(10, 10, 40, 20).objects(mask, 28, 40, 20);

    assertThat(objects).hasSize(1);
    assertThat(objects.get(0).box()).isEqualTo(new Box(0, 20, 20, 40));
    assertThat(objects.get(0).classIndex()).isEqualTo(4);
    RunLengths pasted = Objects.requireNonNull(objects.get(0).mask());
    assertThat(pasted.box()).isEqualTo(new Box(0, 20, 20, 40));
    assertThat(pasted.area()).isEqualTo(400);
  }

  @Test
  void refusesOutputsOfAnotherNumberOfBoxes() {
    assertThatThrownBy(
            () ->
                RULES.detections(
                    new float[4], new float[3], new float[4], BoxCoding.DETECTIONS, 10, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected N x 4 proposals, N x (K + 1) logits and N x 4K deltas");
    assertThatThrownBy(() -> BoxCoding.DETECTIONS.decode(new float[4], new float[8]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected two arrays of N x 4 numbers, got 4 and 8");
  }

  @Test
  void theBestOfManyAreThoseOfASort() {
    RandomStream random = RandomStream.of(5);
    float[] scores = new float[3000];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = i % 3 == 0 ? random.nextInt(5) - 2 : (float) random.nextGaussian();
    }
    int[] sorted =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -scores[i]))
            .mapToInt(i -> i)
            .toArray();

    for (int count : new int[] {1, 10, 700, 2999, 3000}) {
      assertThat(Ranking.top(scores, count)).isEqualTo(Arrays.copyOf(sorted, count));
    }
    assertThat(Ranking.top(scores, 0)).isEmpty();
  }
}
