package io.deepincubation.core.inference;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.network.Compute;

/** A model in memory, by what it tells of its samples. Threads may use it at once. */
@Evolving
public sealed interface TrainedModel extends AutoCloseable permits Classifier, Detector, Segmenter {

  /**
   * Reads a model's weights and puts them on a device.
   *
   * @param folder the model
   * @param compute where and how it will run
   * @throws io.deepincubation.core.data.pixels.UnfitDataException if its weights do not fit
   */
  static TrainedModel of(ModelFolder folder, Compute compute) {
    return switch (folder.task()) {
      case CLASSIFICATION -> new Classifier(folder, compute);
      case SEGMENTATION -> new Segmenter(folder, compute);
      case DETECTION -> new Detector(folder, compute);
    };
  }

  @Override
  void close();
}
