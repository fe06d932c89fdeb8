package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.deepincubation.core.data.augment.SceneAugmentation.Size;
import io.deepincubation.core.data.augment.SceneScales;
import io.deepincubation.core.data.augment.SceneTransform;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.network.MeanProbabilities;
import io.deepincubation.core.network.PixelLogits;

/** The classes of a picture's pixels, as a network tells them at the picture's own size. */
public final class PixelClasses {

  private final PixelLogits logits;
  private final SceneTransform transform;

  /**
   * Prepares a network's use.
   *
   * @param logits of the network
   * @param transform what pictures go through before it
   */
  public PixelClasses(PixelLogits logits, SceneTransform transform) {
    this.logits = logits;
    this.transform = transform;
  }

  /**
   * The classes: of one look those of the highest logits, of several those of the highest mean
   * probability.
   *
   * @param picture of H x W pixels
   * @param scales how often it is looked at
   * @param manager owns the result; its memory is that of the largest look, and of several looks
   *     also of classes x H x W
   * @return 1 x H x W, whole numbers of 64 bits
   * @throws io.deepincubation.core.data.pixels.UnfitDataException if the picture is damaged, or the
   *     network's outputs are no numbers
   */
  public NDArray of(Picture picture, SceneScales scales, NDManager manager) {
    Pixels pixels = picture.pixels();
    if (scales.equals(SceneScales.ONE)) {
      Size size = transform.size(pixels);
      NDArray found =
          logits(SceneInputs.of(transform, pixels, size, /* mirrored= */ false, manager));
      return logits.classes(found, pixels.height(), pixels.width());
    }
    MeanProbabilities mean = logits.mean(manager, pixels.height(), pixels.width());
    for (double ratio : scales.ratios()) {
      add(mean, pixels, ratio, /* mirrored= */ false, manager);
      if (scales.mirrored()) {
        add(mean, pixels, ratio, /* mirrored= */ true, manager);
      }
    }
    return mean.classes();
  }

  private void add(
      MeanProbabilities mean, Pixels pixels, double ratio, boolean mirrored, NDManager manager) {
    try (NDManager pass = manager.newSubManager()) {
      Size size = transform.size(pixels, ratio);
      mean.add(logits(SceneInputs.of(transform, pixels, size, mirrored, pass)), mirrored);
    }
  }

  private NDArray logits(NDArray look) {
    NDArray found = logits.of(look);
    OutputFault.requireNone("", found);
    return found;
  }
}
