package io.deepincubation.core.inference;

import ai.djl.modality.Classifications;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.training.OutputFault;
import java.util.List;
import java.util.Optional;

/**
 * Logits to DJL's classifications.
 *
 * @param <I> what is classified
 */
abstract class ClassTranslator<I> implements Translator<I, Classifications> {

  private final List<String> classNames;
  private final int topK;
  private final boolean severalLabels;

  ClassTranslator(List<String> classNames, int topK, boolean severalLabels) {
    this.classNames = classNames;
    this.topK = topK;
    this.severalLabels = severalLabels;
  }

  @Override
  public Classifications processOutput(TranslatorContext context, NDList list) {
    return classes(list.head());
  }

  Classifications classes(NDArray logits) {
    NDArray probabilities = Classifier.probabilities(logits, severalLabels);
    Optional<String> fault = OutputFault.of(probabilities.toFloatArray());
    if (fault.isPresent()) {
      throw new UnfitDataException("Cannot classify a sample: " + fault.get());
    }
    return new Classifications(classNames, probabilities, topK);
  }
}
