package io.deepincubation.core.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.deepincubation.core.data.augment.SceneAugmentation.Size;
import io.deepincubation.core.data.augment.SceneTransform;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.detection.DetectedObject;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.ObjectDetector;
import io.deepincubation.core.training.SceneInputs;
import java.io.IOException;
import java.util.List;

/** A model in memory that finds the objects on images. Threads may use it at once. */
public final class Detector implements TrainedModel {

  private final ModularNetwork network;
  private final Compute compute;
  private final ObjectDetector detector;
  private final SceneTransform transform;

  /**
   * Reads a model's weights and puts them on a device.
   *
   * @param model the model
   * @param compute where and how it will run
   * @throws UnfitDataException if it is no model of detection
   */
  public Detector(ModelFolder model, Compute compute) {
    model.requireTask(ModelTask.DETECTION);
    this.compute = compute;
    network = new ModularNetwork(model.architecture(), model.division(), model.weights(), compute);
    detector = new ObjectDetector(network, model.rules());
    transform = model.scene();
  }

  /**
   * The objects on an image, at its own size, by falling score.
   *
   * @throws IOException if the image is damaged, or the network's outputs are no numbers; the
   *     message says so
   */
  public List<DetectedObject> objects(Picture picture) throws IOException {
    TorchEngine.useThreads(compute.threads());
    try (NDManager manager = network.manager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      Pixels pixels = picture.pixels();
      Size size = transform.size(pixels);
      NDArray image = SceneInputs.of(transform, pixels, size, /* mirrored= */ false, manager);
      return detector.on(image).at(size.height(), size.width(), pixels.height(), pixels.width());
    } catch (UnfitDataException e) {
      throw Unanswered.of(e);
    }
  }

  @Override
  public void close() {
    network.close();
  }
}
