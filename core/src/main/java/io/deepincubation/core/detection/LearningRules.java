package io.deepincubation.core.detection;

import io.deepincubation.core.data.annotation.RunLengths;
import io.deepincubation.core.data.annotation.SceneObject;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.network.DetectionHead;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.DetectionRecipe;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a network in training is asked of an image.
 *
 * @param proposals of an image
 * @param anchors how they are matched to objects, and sampled
 * @param regions how proposals are
 */
public record LearningRules(ProposalRules proposals, MatchingRules anchors, MatchingRules regions) {

  private static final double ANCHOR_BACKGROUND = 0.3;
  private static final double ANCHOR_FOREGROUND = 0.7;
  private static final double REGION_FOREGROUND = 0.5;

  /** Those of a recipe. */
  public static LearningRules of(DetectionRecipe recipe) {
    return new LearningRules(
        new ProposalRules(
            recipe.trainingProposalsPerLevel(), recipe.proposalOverlap(), recipe.proposals()),
        new MatchingRules(
            ANCHOR_BACKGROUND, ANCHOR_FOREGROUND, recipe.anchors(), recipe.anchors() / 2),
        new MatchingRules(
            REGION_FOREGROUND, REGION_FOREGROUND, recipe.regions(), recipe.foreground()));
  }

  /**
   * The right answers for an image.
   *
   * @param labels of its anchors: 1 for an object, 0 for none, -1 where not sampled
   * @param deltas from each anchor to its object's box, 4 of each; 0 where it has no object
   * @param regions R x 4, sampled of the proposals and the objects' boxes, those of objects first
   * @param classes of the regions, K for none
   * @param moves from each region to its object's box, 4 of each; 0 where it has no object
   * @param masked the regions whose object has a mask
   * @param masks of these, 28 x 28 values of 0 or 1 each
   */
  public record Answers(
      float[] labels,
      float[] deltas,
      float[] regions,
      int[] classes,
      float[] moves,
      int[] masked,
      float[] masks) {}

  /**
   * Asks of an image.
   *
   * @param all its anchors
   * @param proposed boxes of its proposals, R x 4
   * @param scene what is annotated on it, without crowds
   * @param classes that there are, K
   * @param ofAnchors draws the anchors that are sampled
   * @param ofRegions draws the regions
   */
  public Answers answers(
      PyramidAnchors all,
      float[] proposed,
      SceneObjects scene,
      int classes,
      RandomStream ofAnchors,
      RandomStream ofRegions) {
    List<SceneObject> objects = scene.objects().stream().filter(LearningRules::isSolid).toList();
    float[] boxes = boxes(objects);
    Matches matches = anchors.anchors(all.boxes(), boxes);
    MatchingRules.Sample sample = anchors.sample(matches, ofAnchors);
    MatchingRules.Regions chosen = regions.regions(proposed, boxes, ofRegions);
    int[] seen = Arrays.copyOf(chosen.objects(), chosen.foreground());
    int[] masked = masked(seen, objects);
    return new Answers(
        labels(all.count(), sample),
        deltas(all.boxes(), sample.foreground(), matches.objects(), boxes),
        chosen.boxes(),
        IntStream.of(chosen.objects())
            .map(object -> object < 0 ? classes : objects.get(object).classIndex())
            .toArray(),
        moves(chosen.boxes(), seen, boxes),
        masked,
        masks(chosen, masked, objects));
  }

  /** Whether something is left of an object's box in fp32. */
  private static boolean isSolid(SceneObject object) {
    return Boxes.isSolid(boxes(List.of(object)), 0);
  }

  private static float[] boxes(List<SceneObject> objects) {
    float[] boxes = new float[Boxes.SIDES * objects.size()];
    int at = 0;
    for (SceneObject object : objects) {
      boxes[at++] = (float) object.box().x0();
      boxes[at++] = (float) object.box().y0();
      boxes[at++] = (float) object.box().x1();
      boxes[at++] = (float) object.box().y1();
    }
    return boxes;
  }

  private static float[] labels(int count, MatchingRules.Sample sample) {
    float[] labels = new float[count];
    Arrays.fill(labels, Matches.IGNORED);
    for (int index : sample.foreground()) {
      labels[index] = Matches.FOREGROUND;
    }
    for (int index : sample.background()) {
      labels[index] = Matches.BACKGROUND;
    }
    return labels;
  }

  private static float[] deltas(float[] all, int[] chosen, int[] objects, float[] boxes) {
    int[] targets = IntStream.of(chosen).map(index -> objects[index]).toArray();
    float[] own = BoxCoding.PROPOSALS.encode(Boxes.pick(all, chosen), Boxes.pick(boxes, targets));
    float[] deltas = new float[all.length];
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(own, Boxes.SIDES * i, deltas, Boxes.SIDES * chosen[i], Boxes.SIDES);
    }
    return deltas;
  }

  private static float[] moves(float[] regions, int[] seen, float[] boxes) {
    float[] foreground = Arrays.copyOf(regions, Boxes.SIDES * seen.length);
    float[] own = BoxCoding.DETECTIONS.encode(foreground, Boxes.pick(boxes, seen));
    return Arrays.copyOf(own, regions.length);
  }

  private static int[] masked(int[] seen, List<SceneObject> objects) {
    return IntStream.range(0, seen.length)
        .filter(i -> objects.get(seen[i]).mask() != null)
        .toArray();
  }

  private static float[] masks(
      MatchingRules.Regions chosen, int[] masked, List<SceneObject> objects) {
    int pixels = DetectionHead.MASK_SIDE * DetectionHead.MASK_SIDE;
    float[] masks = new float[masked.length * pixels];
    for (int i = 0; i < masked.length; i++) {
      RunLengths mask = objects.get(chosen.objects()[masked[i]]).mask();
      if (mask != null) {
        float[] own = MaskTargets.of(mask, chosen.boxes(), masked[i], DetectionHead.MASK_SIDE);
        System.arraycopy(own, 0, masks, i * pixels, pixels);
      }
    }
    return masks;
  }
}
