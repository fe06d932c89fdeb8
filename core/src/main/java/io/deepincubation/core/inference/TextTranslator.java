package io.deepincubation.core.inference;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.TranslatorContext;
import io.deepincubation.core.data.text.Tokenizer;
import java.util.List;

/** Texts to what a network takes, and logits to DJL's classifications. */
final class TextTranslator extends ClassTranslator<String> {

  private final Tokenizer tokenizer;

  TextTranslator(Tokenizer tokenizer, List<String> classNames, int topK, boolean severalLabels) {
    super(classNames, topK, severalLabels);
    this.tokenizer = tokenizer;
  }

  @Override
  public NDList processInput(TranslatorContext context, String input) {
    float[] values = tokenizer.values(input);
    return new NDList(context.getNDManager().create(values, new Shape(values.length)));
  }
}
