package io.deepincubation.core.data.set;

import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.core.data.annotation.MaskRule;
import io.deepincubation.core.data.pixels.ImageHeader;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Optional;

/**
 * Checks images and the masks of their pixels' classes, and makes both fit together.
 *
 * @param images what is done to images; no square is cut of them
 * @param rule what the masks' numbers stand for
 */
public record MaskFitting(ImageFitting images, MaskRule rule) implements Fitting {

  @Override
  public FittedScene fit(byte[] content, byte[] annotation) throws IOException {
    ImageHeader header = ImageHeader.of(content);
    LabelMap mask = mask(annotation, header);
    FittedImage image = images.fit(content);
    LabelMap fitted = rule.of(mask).resized(image.height(), image.width());
    return new FittedScene(image, SceneKind.SEGMENTATION, fitted.png(), facts(fitted));
  }

  private static LabelMap mask(byte[] file, ImageHeader image) throws IOException {
    LabelMap mask;
    try {
      mask = LabelMap.ofPng(file);
    } catch (IOException e) {
      throw new IOException("Cannot read its mask: " + e.getMessage(), e);
    }
    if (mask.height() != image.height() || mask.width() != image.width()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "expected a mask of the image's size %d x %d, got one of %d x %d",
              image.height(),
              image.width(),
              mask.height(),
              mask.width()));
    }
    return mask;
  }

  private SceneFacts facts(LabelMap mask) {
    int[] counts = mask.counts();
    var classes = new HashMap<Integer, Integer>();
    for (int label = 0; label < rule.classes(); label++) {
      if (counts[label] > 0) {
        classes.put(label, 1);
      }
    }
    return new SceneFacts(classes, 0, 0, 0);
  }

  @Override
  public Optional<SceneForm> scenes(SceneFacts facts, int learnt) {
    return Optional.of(SceneForm.masks(rule.ignoredLabel(), learnt));
  }
}
