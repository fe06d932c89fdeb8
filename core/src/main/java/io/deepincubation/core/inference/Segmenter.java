package io.deepincubation.core.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.core.data.augment.SceneScales;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.PixelLogits;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.PixelClasses;
import java.io.IOException;

/** A model in memory that tells the classes of images' pixels. Threads may use it at once. */
public final class Segmenter implements TrainedModel {

  private final ModularNetwork network;
  private final Compute compute;
  private final PixelClasses classes;

  /**
   * Reads a model's weights and puts them on a device.
   *
   * @param model the model
   * @param compute where and how it will run
   * @throws UnfitDataException if it is no model of segmentation
   */
  public Segmenter(ModelFolder model, Compute compute) {
    model.requireTask(ModelTask.SEGMENTATION);
    this.compute = compute;
    network = new ModularNetwork(model.architecture(), model.division(), model.weights(), compute);
    var logits = new PixelLogits(network, model.windows());
    classes = new PixelClasses(logits, model.scene());
  }

  /**
   * The class of each pixel of an image, at its own size.
   *
   * @param scales how often the image is looked at
   * @throws IOException if the image is damaged, or the network's outputs are no numbers; the
   *     message says so
   */
  public LabelMap classes(Picture picture, SceneScales scales) throws IOException {
    TorchEngine.useThreads(compute.threads());
    try (NDManager manager = network.manager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      NDArray found = classes.of(picture, scales, manager);
      long[] numbers = found.toLongArray();
      var values = new char[numbers.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (char) numbers[i];
      }
      return new LabelMap(values, picture.height(), picture.width());
    } catch (UnfitDataException e) {
      throw Unanswered.of(e);
    }
  }

  @Override
  public void close() {
    network.close();
  }
}
