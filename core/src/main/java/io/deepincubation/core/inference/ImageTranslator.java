package io.deepincubation.core.inference;

import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import io.deepincubation.core.data.pixels.PixelTransform;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** DJL's images to what a network takes, and logits to DJL's classifications. */
final class ImageTranslator implements Translator<Image, Classifications> {

  private final PixelTransform transform;
  private final List<String> classNames;
  private final int topK;
  private final boolean severalLabels;

  ImageTranslator(
      PixelTransform transform, List<String> classNames, int topK, boolean severalLabels) {
    this.severalLabels = severalLabels;
    this.transform = transform;
    this.classNames = classNames;
    this.topK = topK;
  }

  @Override
  public NDList processInput(TranslatorContext context, Image input) throws IOException {
    try (NDArray pixels = input.toNDArray(context.getNDManager(), Image.Flag.COLOR)) {
      float[] values = transform.values(pixels(pixels));
      int side = transform.side();
      return new NDList(context.getNDManager().create(values, new Shape(3, side, side)));
    }
  }

  /** Pixels of H x W x 3 unsigned bytes. */
  private static Pixels pixels(NDArray array) {
    byte[] bytes = array.toByteArray();
    int[] rgb = new int[bytes.length / 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] =
          (bytes[3 * i] & 0xFF) << 16 | (bytes[3 * i + 1] & 0xFF) << 8 | (bytes[3 * i + 2] & 0xFF);
    }
    return Pixels.ofRgb(rgb, (int) array.getShape().get(0), (int) array.getShape().get(1));
  }

  @Override
  public Classifications processOutput(TranslatorContext context, NDList list) {
    return classes(list.head());
  }

  Classifications classes(NDArray logits) {
    NDArray probabilities = Classifier.probabilities(logits, severalLabels);
    Optional<String> fault = Classifier.fault(probabilities.toFloatArray());
    if (fault.isPresent()) {
      throw new UnfitDataException("Cannot classify an image: " + fault.get());
    }
    return new Classifications(classNames, probabilities, topK);
  }
}
