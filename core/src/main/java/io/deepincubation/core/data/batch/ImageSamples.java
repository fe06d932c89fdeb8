package io.deepincubation.core.data.batch;

import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.augment.Augmentation;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.augment.Mix;
import io.deepincubation.core.data.augment.Mixing;
import io.deepincubation.core.data.pixels.PixelTransform;
import io.deepincubation.core.data.set.ImageTable;
import io.deepincubation.core.data.set.LabelledImage;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.AugmentationRecipe;

/**
 * Images, normalised, C x H x W: augmented and mixed for training, their middle square for
 * evaluation.
 *
 * @param table the images
 * @param side of the inputs in pixels
 */
public record ImageSamples(ImageTable table, int side) implements Samples {

  /** Inputs of the size that the table has. */
  public ImageSamples(ImageTable table) {
    this(table, table.height());
  }

  @Override
  public Shape shape() {
    return new Shape(table.channels(), side, side);
  }

  @Override
  public Samples at(int other) {
    return new ImageSamples(table, other);
  }

  @Override
  public EvaluationInputs evaluated(AugmentationRecipe augmentation) {
    return new Transformed(table, Augmentation.evaluation(augmentation, side));
  }

  @Override
  public TrainingInputs trained(AugmentationRecipe augmentation, BatchKey key) {
    return new Augmented(
        this,
        augmentation.repeats(),
        new Augmentation(augmentation, key, table.height(), side),
        Mixing.of(augmentation));
  }

  private record Transformed(ImageTable table, PixelTransform transform)
      implements EvaluationInputs {

    @Override
    public int values() {
      return table.channels() * transform.side() * transform.side();
    }

    @Override
    public int write(int row, float[] into, int offset) {
      LabelledImage image = table.image(row);
      transform.write(image.picture(), into, offset);
      return image.label();
    }
  }

  private record Augmented(
      ImageSamples samples, int repeats, Augmentation augmentation, Mixing mixing)
      implements TrainingInputs {

    @Override
    public ImageTable table() {
      return samples.table();
    }

    @Override
    public Shape shape() {
      return samples.shape();
    }

    @Override
    public boolean areMixed() {
      return mixing.isOn();
    }

    @Override
    public int write(
        Augmentation.Look look, float[] into, int offset, Annotations annotations, int place) {
      LabelledImage image = table().image(look.sample());
      augmentation.apply(image.picture(), look, into, offset);
      return image.label();
    }

    @Override
    public Mix mix(RandomStream random, float[] inputs, int size) {
      Mix mix = mixing.draw(random, samples.side(), samples.side());
      mix.apply(inputs, size, samples.side());
      return mix;
    }
  }
}
