package io.deepincubation.core.recipe;

import io.deepincubation.core.recipe.Rules.AtLeast;
import java.io.Serializable;

/**
 * The target model.
 *
 * @param family the architecture
 * @param depth layers (ViT) or residual blocks (ResNet) of the target model
 * @param width token width of a ViT; channels of the first group of a ResNet
 * @param heads attention heads of a ViT, a divisor of the width; unused by a ResNet
 * @param patch patch side of a ViT in pixels, a divisor of the image side; unused by a ResNet
 * @param image side of the square input in pixels
 * @param classes number of classes; 0 takes it from the data
 */
public record ModelRecipe(
    Family family,
    @AtLeast(1) int depth,
    @AtLeast(1) int width,
    int heads,
    int patch,
    @AtLeast(1) int image,
    @AtLeast(0) int classes)
    implements Serializable {

  /** The architectures that the library brings. */
  public enum Family {
    /** Vision transformer (DeiT). */
    VIT,
    /** Residual network for small images. */
    RESNET
  }
}
