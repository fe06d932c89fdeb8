package io.deepincubation.core.inference;

import ai.djl.Model;
import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.translate.Translator;
import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.storage.Storage;

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
   * Reads a model's weights into a DJL model, whose block takes B x C x H x W normalised images and
   * gives logits. The caller closes it.
   *
   * @param folder the model, see {@link ModelFolder#open(Storage)}
   * @param compute where and how it will run
   */
  public static Model load(ModelFolder folder, Compute compute) {
    var network =
        new ModularNetwork(folder.architecture(), folder.division(), folder.weights(), compute);
    Model model = TorchEngine.newModel(folder.uri(), compute.device());
    model.getNDManager().attachInternal("network", network);
    model.setBlock(new NetworkBlock(network));
    return model;
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
}
