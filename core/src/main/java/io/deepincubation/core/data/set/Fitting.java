package io.deepincubation.core.data.set;

import java.io.IOException;
import java.io.Serializable;
import java.util.Optional;

/** What a preparation does to what a source holds of a sample. It crosses process borders. */
public sealed interface Fitting extends Serializable
    permits ImageFitting, MaskFitting, ObjectFitting, TextFitting {

  /**
   * Checks a sample and makes what a set keeps of it.
   *
   * @param content the bytes of an image file, or of a text in UTF-8
   * @param annotation the bytes of what is annotated on an image; nothing where that is no task's
   * @throws IOException if it is none
   */
  Fitted fit(byte[] content, byte[] annotation) throws IOException;

  /** What texts are made of; nothing where samples are images. */
  default Optional<TextForm> texts() {
    return Optional.empty();
  }

  /**
   * What is annotated on images; nothing where they are not for a dense task.
   *
   * @param facts of all images
   * @param learnt training images that there is something to learn from
   */
  default Optional<SceneForm> scenes(SceneFacts facts, int learnt) {
    return Optional.empty();
  }
}
