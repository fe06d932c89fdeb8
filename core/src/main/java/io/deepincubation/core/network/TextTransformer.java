package io.deepincubation.core.network;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.deepincubation.core.division.ModularDivision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A transformer encoder of texts, after BERT (Devlin et al., 2019) with norms before the branches
 * as in {@link VisionTransformer}: learned embeddings of tokens and places, encoder layers that do
 * not look at places without a token, a linear head on the first token.
 *
 * <p>Module 0 also owns the embeddings; the last module also owns the final norm and the head. A
 * module's features are B x L x D, 0 where there is no token: by that the next module knows.
 *
 * @param vocabulary a number that all tokens are below
 * @param length L, tokens of a text at most
 * @param width D, a multiple of the heads
 * @param heads attention heads
 * @param classes number of classes
 */
public record TextTransformer(int vocabulary, int length, int width, int heads, int classes)
    implements Architecture {

  static final int EMBEDDING_PARAMETERS = 2;

  /** Tokens that {@code prepare} knows, and of a text, where nothing else is asked for. */
  public static final int VOCABULARY = 8000;

  public static final int LENGTH = 48;

  /** Rows of products, one a token, that are computed at once; more only leave the caches. */
  private static final int ROWS_AT_ONCE = 2048;

  /** Checks. */
  public TextTransformer {
    require(vocabulary >= 1, "a model.options.vocabulary of at least 1", vocabulary);
    require(length >= 2, "a model.options.length of at least 2", length);
    require(heads >= 1, "model.heads of at least 1", heads);
    require(width >= 1 && width % heads == 0, "a model.width that is a multiple of heads", width);
    require(classes >= 1, "at least 1 class", classes);
  }

  private static void require(boolean fits, String expected, int got) {
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "expected %s, got %d", expected, got));
    }
  }

  /** The networks of a recipe's size: options {@code vocabulary} and {@code length}. */
  static TextTransformer of(NetworkSize size) {
    return new TextTransformer(
        size.number("vocabulary", VOCABULARY),
        size.number("length", LENGTH),
        size.width(),
        size.heads(),
        size.classes());
  }

  @Override
  public Shape inputShape() {
    return new Shape(length);
  }

  /** {@inheritDoc} As BERT does, all but biases and norms are decayed. */
  @Override
  public List<ParameterSpec> parameters(ModularDivision division, int moduleIndex) {
    var specs = new ArrayList<ParameterSpec>();
    if (moduleIndex == 0) {
      specs.add(EncoderLayers.weight("embeddings.tokens.weight", new Shape(vocabulary, width)));
      specs.add(EncoderLayers.weight("embeddings.places.weight", new Shape(length, width)));
    }
    layers().addModule(specs, division, moduleIndex, classes);
    return List.copyOf(specs);
  }

  private EncoderLayers layers() {
    return new EncoderLayers(width);
  }

  @Override
  public Block block(ModularDivision division, int moduleIndex, Compute compute) {
    boolean last = moduleIndex == division.moduleCount() - 1;
    return ScriptBlocks.of(
        new TextTransformerScript(this, compute).module(moduleIndex == 0, last),
        parameters(division, moduleIndex),
        last ? new Shape(classes) : new Shape(length, width));
  }

  @Override
  public String layerPrefix(ModularDivision division, int moduleIndex, int layer) {
    return EncoderLayers.prefix(division, moduleIndex, layer);
  }

  @Override
  public List<String> closingParameters() {
    return EncoderLayers.CLOSING;
  }

  @Override
  public int droppableLayers(ModularDivision division, int moduleIndex) {
    return division.depth(moduleIndex);
  }

  @Override
  public int imagesAtOnce() {
    return Math.max(1, ROWS_AT_ONCE / length);
  }

  @Override
  public double forwardFlops(ModularDivision division, int moduleIndex) {
    double head = moduleIndex == division.moduleCount() - 1 ? 2.0 * width * classes : 0;
    return division.depth(moduleIndex) * layers().flops(length) + head;
  }

  @Override
  public Map<String, Object> configuration(ModularDivision division) {
    var configuration = new LinkedHashMap<String, Object>();
    configuration.put("architecture", "bert");
    configuration.put("num_classes", classes);
    configuration.put("division", division.depths());
    return configuration;
  }
}
