package io.deepincubation.core.inference;

import ai.djl.Model;
import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.output.CategoryMask;
import ai.djl.modality.cv.output.DetectedObjects;
import ai.djl.nn.Block;
import ai.djl.translate.Translator;
import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.PixelLogits;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.training.ObjectDetector;

/**
 * Trained models as plain DJL models, without Spark.
 *
 * <pre>{@code
 * ModelFolder folder = ModelFolder.open(LocalStorage.of("/runs/42/final"));
 * try (Model model = DjlModel.load(folder, compute);
 *     var predictor = model.newPredictor(DjlModel.translator(folder, 5))) {
 *   Classifications classes = predictor.predict(ImageFactory.getInstance().fromFile(path));
 * }
 * }</pre>
 */
@Evolving
public final class DjlModel {

  private DjlModel() {}

  /**
   * Reads a model's weights into a DJL model, whose block takes B x C x H x W normalised images, or
   * B x L tokens, and gives logits: B x classes, or of a model of segmentation B x classes x H x W;
   * of one of detection it takes one image and gives an array of what its translator reads. The
   * caller closes it.
   *
   * @param folder the model, see {@link ModelFolder#open(Storage)}
   * @param compute where and how it will run
   */
  public static Model load(ModelFolder folder, Compute compute) {
    var network =
        new ModularNetwork(folder.architecture(), folder.division(), folder.weights(), compute);
    Model model = TorchEngine.newModel(folder.uri(), compute.device());
    model.getNDManager().attachInternal("network", network);
    model.setBlock(block(folder, network));
    return model;
  }

  private static Block block(ModelFolder folder, ModularNetwork network) {
    return switch (folder.task()) {
      case CLASSIFICATION -> new NetworkBlock(network);
      case SEGMENTATION ->
          new PixelBlock(
              new PixelLogits(network, folder.windows()), folder.architecture().classes());
      case DETECTION -> new ObjectBlock(new ObjectDetector(network, folder.rules()));
    };
  }

  /**
   * Turns images into what the model takes, and its logits into classes with probabilities.
   *
   * @param folder the model
   * @param topK classes that an answer holds at least; others may be left out
   */
  public static Translator<Image, Classifications> translator(ModelFolder folder, int topK) {
    return new ImageTranslator(
        folder.transform(), folder.classNames(), topK, folder.hasSeveralLabels());
  }

  /**
   * Turns images of any size into what a model of segmentation takes, and its logits into the
   * classes of all pixels. Images go to the model one by one.
   *
   * @param folder the model
   * @throws io.deepincubation.core.data.pixels.UnfitDataException if it is none of segmentation
   */
  public static Translator<Image, CategoryMask> maskTranslator(ModelFolder folder) {
    folder.requireTask(ModelTask.SEGMENTATION);
    return new MaskTranslator(folder.scene(), folder.classNames());
  }

  /**
   * Turns images of any size into what a model of detection takes, and what it finds into objects
   * with masks: probabilities over their boxes, which are told in parts of the image's sides.
   * Images go to the model one by one.
   *
   * @param folder the model
   * @throws io.deepincubation.core.data.pixels.UnfitDataException if it is none of detection
   */
  public static Translator<Image, DetectedObjects> objectTranslator(ModelFolder folder) {
    folder.requireTask(ModelTask.DETECTION);
    return new ObjectTranslator(folder.scene(), folder.classNames());
  }

  /**
   * Turns texts into what the model takes, and its logits into classes with probabilities.
   *
   * @param folder the model
   * @param topK classes that an answer holds at least; others may be left out
   */
  public static Translator<String, Classifications> textTranslator(ModelFolder folder, int topK) {
    return new TextTranslator(
        folder.tokenizer(), folder.classNames(), topK, folder.hasSeveralLabels());
  }
}
