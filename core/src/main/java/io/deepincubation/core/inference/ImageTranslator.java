package io.deepincubation.core.inference;

import ai.djl.modality.cv.Image;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.TranslatorContext;
import io.deepincubation.core.data.pixels.PixelTransform;
import io.deepincubation.core.data.pixels.Pixels;
import java.io.IOException;
import java.util.List;

/** DJL's images to what a network takes, and logits to DJL's classifications. */
final class ImageTranslator extends ClassTranslator<Image> {

  private final PixelTransform transform;

  ImageTranslator(
      PixelTransform transform, List<String> classNames, int topK, boolean severalLabels) {
    super(classNames, topK, severalLabels);
    this.transform = transform;
  }

  @Override
  public NDList processInput(TranslatorContext context, Image input) throws IOException {
    float[] values = transform.values(pixels(input, context.getNDManager()));
    int side = transform.side();
    return new NDList(context.getNDManager().create(values, new Shape(3, side, side)));
  }

  /** The pixels of one of DJL's images. */
  static Pixels pixels(Image input, NDManager manager) {
    try (NDArray array = input.toNDArray(manager, Image.Flag.COLOR)) { // H x W x 3 unsigned bytes
      byte[] bytes = array.toByteArray();
      int[] rgb = new int[bytes.length / 3];
      for (int i = 0; i < rgb.length; i++) {
        rgb[i] =
            (bytes[3 * i] & 0xFF) << 16
                | (bytes[3 * i + 1] & 0xFF) << 8
                | (bytes[3 * i + 2] & 0xFF);
      }
      return Pixels.ofRgb(rgb, (int) array.getShape().get(0), (int) array.getShape().get(1));
    }
  }
}
