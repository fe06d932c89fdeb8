package io.deepincubation.core.training;

import io.deepincubation.core.network.ParameterSpec;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How fast the parts of a vision transformer learn that is trained on for another task: each layer
 * at a part of the rate of the layer after it, the embedding before the first layer, and what is
 * behind the last one, new for the task, at a rate of its own.
 *
 * @param depth layers of the transformer, L
 * @param decay a layer's rate as a part of the next one's: that of layer i, from 0, is {@code
 *     decay^(L - i)}
 * @param headRate of what is behind the last layer
 * @param frozen whether the transformer stays as it is
 */
public record LayerRates(int depth, double decay, double headRate, boolean frozen)
    implements ToDoubleFunction<ParameterSpec> {

  private static final Pattern LAYER = Pattern.compile("blocks\\.(\\d+)\\..+");
  private static final Pattern EMBEDDING = Pattern.compile("cls_token|pos_embed|patch_embed\\..+");

  @Override
  public double applyAsDouble(ParameterSpec parameter) {
    Matcher layer = LAYER.matcher(parameter.name());
    if (layer.matches()) {
      return ofBackbone(Integer.parseInt(layer.group(1)));
    }
    return EMBEDDING.matcher(parameter.name()).matches() ? ofBackbone(-1) : headRate;
  }

  private double ofBackbone(int layer) {
    return frozen ? 0 : Math.pow(decay, depth - layer);
  }
}
