package io.deepincubation.core.detection;

import io.deepincubation.core.recipe.DetectionRecipe;

/**
 * How a trained network's outputs become the objects of an image.
 *
 * @param anchorSize side of a square of an anchor's area, in strides
 * @param regions which level a region is read off, from 0
 * @param proposals of an image
 * @param detections of an image
 */
public record ObjectRules(
    double anchorSize, RegionLevels regions, ProposalRules proposals, DetectionRules detections) {

  /** Those of a recipe. */
  public static ObjectRules of(DetectionRecipe recipe) {
    return new ObjectRules(
        recipe.anchorSize(),
        RegionLevels.ofPyramid(recipe.regionSize()),
        new ProposalRules(recipe.proposalsPerLevel(), recipe.proposalOverlap(), recipe.proposals()),
        new DetectionRules(recipe.score(), recipe.overlap(), recipe.detections()));
  }
}
