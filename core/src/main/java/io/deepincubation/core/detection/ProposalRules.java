package io.deepincubation.core.detection;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How a region proposal network's outputs on an image become proposals.
 *
 * @param perLevel boxes of each level that are looked at, by falling logit: 2000 in training, 1000
 *     in evaluation
 * @param overlap of boxes of one level that is still allowed: 0.7
 * @param kept proposals of all levels: 1000
 */
public record ProposalRules(int perLevel, double overlap, int kept) {

  /**
   * Outputs on one level of the pyramid.
   *
   * @param anchors N x 4
   * @param logits N, of objectness
   * @param deltas N x 4
   */
  public record Level(float[] anchors, float[] logits, float[] deltas) {}

  /**
   * The proposals, by falling logit.
   *
   * @param boxes N x 4, inside of the image, none of them empty
   * @param logits of each
   * @param levels index of each one's level
   */
  public record Proposals(float[] boxes, float[] logits, int[] levels) {}

  /**
   * The proposals of an image. Boxes and logits that are no numbers give none.
   *
   * @param levels from the finest
   * @param height of the image, without what pads it
   * @param width of the image, without what pads it
   */
  public Proposals proposals(List<Level> levels, int height, int width) {
    Proposals best = joined(levels.stream().map(level -> best(level, height, width)).toList());
    int[] chosen = Suppression.kept(best.boxes, best.logits, best.levels, overlap);
    chosen = Arrays.copyOf(chosen, Math.min(kept, chosen.length));
    return pick(best, chosen);
  }

  private Proposals best(Level level, int height, int width) {
    float[] logits = level.logits;
    int[] top = Ranking.top(logits, Math.min(perLevel, logits.length));
    float[] boxes =
        BoxCoding.PROPOSALS.decode(Boxes.pick(level.anchors, top), Boxes.pick(level.deltas, top));
    Boxes.clip(boxes, height, width);
    float[] scores = new float[top.length];
    for (int i = 0; i < top.length; i++) {
      scores[i] = logits[top[i]];
    }
    int[] solid =
        IntStream.range(0, top.length)
            .filter(i -> Boxes.isSolid(boxes, i) && Float.isFinite(scores[i]))
            .toArray();
    return pick(new Proposals(boxes, scores, new int[top.length]), solid);
  }

  private static Proposals joined(List<Proposals> levels) {
    int count = levels.stream().mapToInt(level -> level.logits.length).sum();
    var all = new Proposals(new float[Boxes.SIDES * count], new float[count], new int[count]);
    int at = 0;
    for (int i = 0; i < levels.size(); i++) {
      Proposals level = levels.get(i);
      int size = level.logits.length;
      System.arraycopy(level.boxes, 0, all.boxes, Boxes.SIDES * at, level.boxes.length);
      System.arraycopy(level.logits, 0, all.logits, at, size);
      Arrays.fill(all.levels, at, at + size, i);
      at += size;
    }
    return all;
  }

  private static Proposals pick(Proposals from, int[] indices) {
    float[] logits = new float[indices.length];
    int[] levels = new int[indices.length];
    for (int i = 0; i < indices.length; i++) {
      logits[i] = from.logits[indices[i]];
      levels[i] = from.levels[indices[i]];
    }
    return new Proposals(Boxes.pick(from.boxes, indices), logits, levels);
  }
}
