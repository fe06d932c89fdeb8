package io.deepincubation.core.detection;

import io.deepincubation.core.network.DetectionNetwork;
import io.deepincubation.core.network.Interpolation.Grid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The anchors of an image, level by level from the finest, as a {@link DetectionNetwork} gives
 * their logits and deltas.
 */
public final class PyramidAnchors {

  /** Height / width. */
  private static final double[] RATIOS = {0.5, 1, 2};

  private final List<float[]> levels;
  private final float[] all;

  private PyramidAnchors(List<float[]> levels) {
    this.levels = levels;
    all = levels.stream().reduce(new float[0], Boxes::joined);
  }

  /**
   * Those of an image of a size.
   *
   * @param network its levels' strides
   * @param grids its levels for an image of that size
   * @param size side of a square of an anchor's area, in strides: 8
   */
  public static PyramidAnchors of(DetectionNetwork network, List<Grid> grids, double size) {
    var levels = new ArrayList<float[]>();
    for (int i = 0; i < grids.size(); i++) {
      int stride = network.stride(i);
      var anchors = new Anchors(stride, size * stride, RATIOS);
      levels.add(anchors.boxes(grids.get(i).height(), grids.get(i).width()));
    }
    return new PyramidAnchors(levels);
  }

  /** N x 4, of all levels. */
  float[] boxes() {
    return all;
  }

  /** How many there are, N. */
  public int count() {
    return Boxes.count(all);
  }

  /**
   * What a network says of one image's, by level.
   *
   * @param logits B x N
   * @param deltas B x N x 4
   * @param image of the B, from 0
   */
  public List<ProposalRules.Level> levels(float[] logits, float[] deltas, int image) {
    var parts = new ArrayList<ProposalRules.Level>();
    int first = image * count();
    for (float[] anchors : levels) {
      int end = first + Boxes.count(anchors);
      parts.add(
          new ProposalRules.Level(
              anchors,
              Arrays.copyOfRange(logits, first, end),
              Arrays.copyOfRange(deltas, Boxes.SIDES * first, Boxes.SIDES * end)));
      first = end;
    }
    return parts;
  }
}
