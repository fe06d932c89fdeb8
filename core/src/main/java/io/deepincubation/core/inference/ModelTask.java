package io.deepincubation.core.inference;

import io.deepincubation.core.api.Evolving;
import java.util.Locale;

/** What a trained model tells of its samples. */
@Evolving
public enum ModelTask {
  /** The class of an image or a text, or its classes. */
  CLASSIFICATION,
  /** The class of each pixel of an image. */
  SEGMENTATION,
  /** The objects on an image, with boxes and masks. */
  DETECTION;

  /** Its word in configurations and messages. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
