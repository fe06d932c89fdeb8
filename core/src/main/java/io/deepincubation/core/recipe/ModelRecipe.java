package io.deepincubation.core.recipe;

import io.deepincubation.core.network.NetworkFamily;
import io.deepincubation.core.network.NetworkSize;
import io.deepincubation.core.recipe.Rules.AtLeast;
import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The target model.
 *
 * @param family vit (DeiT), resnet (for small images), bert (for texts), or the name of a {@link
 *     NetworkFamily} that a jar on the class path brings
 * @param depth layers (ViT, bert) or residual blocks (ResNet) of the target model
 * @param width token width of a ViT or bert; channels of the first group of a ResNet
 * @param heads attention heads of a ViT or bert, a divisor of the width; unused by a ResNet
 * @param patch patch side of a ViT in pixels, a divisor of the image side; unused by others
 * @param image side of the square input in pixels; unused by bert
 * @param classes number of classes; 0 takes it from the data
 * @param options keys of a family, each a text: vocabulary and length, in tokens, of bert, and
 *     those of one's own family
 */
public record ModelRecipe(
    String family,
    @AtLeast(1) int depth,
    @AtLeast(1) int width,
    int heads,
    int patch,
    @AtLeast(1) int image,
    @AtLeast(0) int classes,
    Map<String, String> options)
    implements Serializable {

  /** Copies, in the order of the keys: digests are made of them. */
  public ModelRecipe {
    options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
  }

  /** The same model for images of another side in pixels. */
  public ModelRecipe at(int side) {
    return new ModelRecipe(family, depth, width, heads, patch, side, classes, options);
  }

  /** What a family is asked for. */
  public NetworkSize size(int ofClasses) {
    return new NetworkSize(image, patch, width, heads, ofClasses, options);
  }
}
