package io.deepincubation.core.data.augment;

import io.deepincubation.core.data.pixels.Box;
import io.deepincubation.core.data.pixels.Normalization;
import java.util.Arrays;

/**
 * How the images of a batch are mixed with the flipped batch: image i with image B - 1 - i. A pure
 * function of its numbers.
 */
public sealed interface Mix {

  /** The share of an image's own label in its target; its partner's is the rest. */
  double lambda();

  /**
   * Mixes in place.
   *
   * @param images B x C x H x W
   * @param size B
   * @param width W
   */
  void apply(float[] images, int size, int width);

  /**
   * Soft targets: {@code lambda} of an image's smoothed label and {@code 1 - lambda} of its
   * partner's. Smoothed labels are {@code 1 - s + s / classes} and {@code s / classes}.
   *
   * @param labels B
   * @param classes columns of the targets
   * @param smoothing s
   * @return B x classes
   */
  default float[] targets(int[] labels, int classes, double smoothing) {
    float[] targets = new float[labels.length * classes];
    Arrays.fill(targets, (float) (smoothing / classes));
    for (int i = 0; i < labels.length; i++) {
      targets[i * classes + labels[i]] += (float) (lambda() * (1 - smoothing));
      int partner = labels[labels.length - 1 - i];
      targets[i * classes + partner] += (float) ((1 - lambda()) * (1 - smoothing));
    }
    return targets;
  }

  /** Every image stays as it is. */
  record Unmixed() implements Mix {

    @Override
    public double lambda() {
      return 1;
    }

    @Override
    public void apply(float[] images, int size, int width) {}
  }

  /**
   * Mixup (Zhang et al., 2018): images are added with weights.
   *
   * @param lambda weight of the image itself, 0 to 1
   */
  record Mixup(double lambda) implements Mix {

    @Override
    public void apply(float[] images, int size, int width) {
      int length = images.length / size;
      float own = (float) lambda;
      float others = (float) (1 - lambda);
      for (int i = 0; i < size / 2; i++) {
        int first = i * length;
        int second = (size - 1 - i) * length;
        for (int p = 0; p < length; p++) {
          float one = images[first + p];
          float other = images[second + p];
          images[first + p] = own * one + others * other;
          images[second + p] = own * other + others * one;
        }
      }
    }
  }

  /**
   * Cutmix (Yun et al., 2019): a box of every image comes from its partner.
   *
   * @param box the box
   * @param lambda share of the image outside of the box
   */
  record Cutmix(Box box, double lambda) implements Mix {

    /**
     * A box of {@code 1 - lambda} of the image, clipped at its edges; lambda is then corrected to
     * what is left outside.
     *
     * @param lambda wanted share outside of the box
     * @param centreY row of the centre
     * @param centreX column of the centre
     */
    static Cutmix around(double lambda, int centreY, int centreX, int height, int width) {
      double ratio = Math.sqrt(1 - lambda);
      int halfHeight = (int) (height * ratio) / 2;
      int halfWidth = (int) (width * ratio) / 2;
      Box box =
          new Box(
              Math.max(0, centreY - halfHeight),
              Math.min(height, centreY + halfHeight),
              Math.max(0, centreX - halfWidth),
              Math.min(width, centreX + halfWidth));
      return new Cutmix(box, 1 - (double) box.area() / (height * width));
    }

    @Override
    public void apply(float[] images, int size, int width) {
      int length = images.length / size;
      int plane = length / Normalization.CHANNELS;
      for (int i = 0; i < size / 2; i++) {
        for (int channel = 0; channel < Normalization.CHANNELS; channel++) {
          for (int y = box.top(); y < box.bottom(); y++) {
            int first = i * length + channel * plane + y * width;
            int second = (size - 1 - i) * length + channel * plane + y * width;
            swap(images, first, second);
          }
        }
      }
    }

    private void swap(float[] images, int first, int second) {
      for (int x = box.left(); x < box.right(); x++) {
        float kept = images[first + x];
        images[first + x] = images[second + x];
        images[second + x] = kept;
      }
    }
  }
}
