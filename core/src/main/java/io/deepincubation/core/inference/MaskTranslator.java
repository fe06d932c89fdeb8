package io.deepincubation.core.inference;

import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.output.CategoryMask;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslatorContext;
import io.deepincubation.core.data.augment.SceneAugmentation.Size;
import io.deepincubation.core.data.augment.SceneTransform;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.training.SceneInputs;
import java.util.List;

/** DJL's images to what a network of segmentation takes, and its classes to DJL's masks. */
final class MaskTranslator implements NoBatchifyTranslator<Image, CategoryMask> {

  private final SceneTransform transform;
  private final List<String> classNames;

  MaskTranslator(SceneTransform transform, List<String> classNames) {
    this.transform = transform;
    this.classNames = classNames;
  }

  @Override
  public NDList processInput(TranslatorContext context, Image input) {
    NDManager manager = context.getNDManager();
    Pixels pixels = ImageTranslator.pixels(input, manager);
    Size size = transform.size(pixels);
    return new NDList(
        SceneInputs.of(transform, pixels, size, /* mirrored= */ false, manager),
        manager.create(new long[] {pixels.height(), pixels.width()}));
  }

  @Override
  public CategoryMask processOutput(TranslatorContext context, NDList list) {
    NDArray classes = list.head();
    long[] numbers = classes.toLongArray();
    int width = (int) classes.getShape().get(2);
    int[][] mask = new int[(int) classes.getShape().get(1)][width];
    for (int i = 0; i < numbers.length; i++) {
      mask[i / width][i % width] = (int) numbers[i];
    }
    return new CategoryMask(classNames, mask);
  }
}
