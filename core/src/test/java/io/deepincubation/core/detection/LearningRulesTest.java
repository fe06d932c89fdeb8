package io.deepincubation.core.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.data.annotation.Box;
import io.deepincubation.core.data.annotation.RunLengths;
import io.deepincubation.core.data.annotation.SceneObject;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.detection.LearningRules.Answers;
import io.deepincubation.core.network.DenseBackbone;
import io.deepincubation.core.network.DetectionHead;
import io.deepincubation.core.network.DetectionNetwork;
import io.deepincubation.core.network.VisionTransformer;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.Recipes;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LearningRulesTest {

  private static final int SIDE = 64;
  private static final int CLASSES = 3;
  private static final int PIXELS = DetectionHead.MASK_SIDE * DetectionHead.MASK_SIDE;
  private static final LearningRules RULES = LearningRules.of(Recipes.defaults().detection());
  private static final DetectionNetwork NETWORK =
      new DetectionNetwork(
          DenseBackbone.of(new VisionTransformer(32, 8, 16, 2, CLASSES, 1e-6), 4),
          CLASSES,
          DetectionHead.COCO,
          SIDE);
  private static final PyramidAnchors ANCHORS =
      PyramidAnchors.of(NETWORK, NETWORK.levels(SIDE, SIDE), 4);

  private static Answers answers(float[] proposed, SceneObject... objects) {
    return RULES.answers(
        ANCHORS,
        proposed,
        new SceneObjects(SIDE, SIDE, List.of(objects)),
        CLASSES,
        RandomStream.of(1),
        RandomStream.of(2));
  }

  /** The left half of a box of 16 x 24 pixels. */
  private static SceneObject half(int classIndex) {
    var bits = new boolean[SIDE * SIDE];
    for (int row = 8; row < 32; row++) {
      Arrays.fill(bits, row * SIDE + 16, row * SIDE + 24, true);
    }
    return SceneObject.of(classIndex, new Box(16, 8, 32, 32), RunLengths.of(bits, SIDE, SIDE));
  }

  @Test
  void asksForTheClassTheBoxAndTheMaskOfARegion() {
    float[] proposed = {16, 8, 32, 30, 40, 40, 60, 60};
    Answers answers = answers(proposed, half(2));

    assertThat(answers.regions()).containsExactly(16, 8, 32, 30, 16, 8, 32, 32, 40, 40, 60, 60);
    assertThat(answers.classes()).containsExactly(2, 2, CLASSES);
    float[] moves = answers.moves();
    assertThat(moves).hasSize(12);
    assertThat(moves[0]).isZero();
    assertThat(moves[1]).isEqualTo((float) (10 * 1.0 / 22));
    assertThat(moves[3]).isEqualTo((float) (5 * Math.log(24.0 / 22)));
    assertThat(Arrays.copyOfRange(moves, 4, 12)).containsOnly(0);
    assertThat(answers.masked()).containsExactly(0, 1);
    assertThat(answers.masks()).hasSize(2 * PIXELS);
    for (int i = 0; i < PIXELS; i++) {
      boolean left = i % DetectionHead.MASK_SIDE < DetectionHead.MASK_SIDE / 2;
      assertThat(answers.masks()[PIXELS + i]).isEqualTo(left ? 1 : 0);
    }
  }

  @Test
  void asksForTheBoxesOfAnchors() {
    Answers answers = answers(new float[0], half(0));
    int[] found = places(answers, 1);

    assertThat(answers.labels()).hasSize(ANCHORS.count());
    assertThat(found).isNotEmpty();
    assertThat(places(answers, 0)).hasSize(256 - found.length);
    for (int anchor : found) {
      float[] box =
          BoxCoding.PROPOSALS.decode(
              Boxes.pick(ANCHORS.boxes(), new int[] {anchor}),
              Boxes.pick(answers.deltas(), new int[] {anchor}));
      assertThat(box).containsExactly(new float[] {16, 8, 32, 32}, within());
    }
    for (int anchor : places(answers, 0)) {
      assertThat(Boxes.pick(answers.deltas(), new int[] {anchor})).containsOnly(0);
    }
  }

  private static org.assertj.core.data.Offset<Float> within() {
    return org.assertj.core.data.Offset.offset(1e-4f);
  }

  private static int[] places(Answers answers, int label) {
    return IntStream.range(0, answers.labels().length)
        .filter(i -> answers.labels()[i] == label)
        .toArray();
  }

  @Test
  void anImageWithoutObjectsIsBackground() {
    Answers answers = answers(new float[] {0, 0, 20, 20});

    assertThat(places(answers, 1)).isEmpty();
    assertThat(places(answers, 0)).hasSize(256);
    assertThat(answers.classes()).containsExactly(CLASSES);
    assertThat(answers.masked()).isEmpty();
    assertThat(answers(new float[0]).classes()).isEmpty();
  }

  @Test
  void objectsWithoutMasksAreFoundByTheirBoxes() {
    SceneObject boxed = SceneObject.of(1, new Box(40, 40, 60, 62));
    SceneObject line = SceneObject.of(1, new Box(8, 8, 8 + 1e-9, 40));
    Answers answers = answers(new float[0], half(0), boxed, line);

    assertThat(answers.classes()).containsExactly(0, 1);
    assertThat(answers.masked()).containsExactly(0);
    assertThat(answers.masks()).hasSize(PIXELS);
  }
}
