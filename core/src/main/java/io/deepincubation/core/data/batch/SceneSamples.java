package io.deepincubation.core.data.batch;

import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.data.augment.Augmentation.Look;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.augment.Mix;
import io.deepincubation.core.data.augment.SceneAugmentation;
import io.deepincubation.core.data.augment.SceneTransform;
import io.deepincubation.core.data.pixels.Normalization;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.set.SampleTable;
import io.deepincubation.core.data.set.SceneKind;
import io.deepincubation.core.data.set.SceneTable;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.AugmentationRecipe;
import io.deepincubation.core.recipe.SceneRecipe;
import java.util.Objects;
import java.util.Optional;

/**
 * Images of a dense task, normalised: augmented to C x S x S for training, where those that there
 * is nothing to learn from are left out; whole, of sizes of their own, for evaluation.
 *
 * @param table the images
 * @param recipe what is done to them
 */
public record SceneSamples(SceneTable table, SceneRecipe recipe) implements Samples {

  /** {@inheritDoc} As the set's index tells, without a look at the labels. */
  @Override
  public int learnt() {
    return table.form().learnt();
  }

  /** That of a training sample. */
  @Override
  public Shape shape() {
    int side = SceneAugmentation.side(recipe);
    return new Shape(Normalization.CHANNELS, side, side);
  }

  /** The images within the recipe's bounds; the other augmentation means nothing to them. */
  @Override
  public EvaluationInputs evaluated(AugmentationRecipe augmentation) {
    return new Whole(table, SceneTransform.of(recipe));
  }

  /** The images by this recipe; the other augmentation means nothing to them. */
  @Override
  public TrainingInputs trained(AugmentationRecipe augmentation, BatchKey key) {
    return new Augmented(table, table.learnt(), shape(), new SceneAugmentation(recipe, key));
  }

  private record Whole(SceneTable table, SceneTransform transform) implements EvaluationInputs {

    @Override
    public int values() {
      return transform.values();
    }

    @Override
    public int write(int row, float[] into, int offset) {
      transform.write(table.picture(row), into, offset);
      return table.label(row);
    }

    @Override
    public Optional<EvaluatedScene> scene(int row) {
      LabelMap mask = table.form().kind() == SceneKind.SEGMENTATION ? table.mask(row) : null;
      SceneObjects objects = mask == null ? table.objects(row) : null;
      Picture picture = table.picture(row);
      SceneAugmentation.Size size = transform.size(picture);
      return Optional.of(new EvaluatedScene(size.height(), size.width(), picture, mask, objects));
    }
  }

  private record Augmented(
      SceneTable scenes, SampleTable table, Shape shape, SceneAugmentation augmentation)
      implements TrainingInputs {

    @Override
    public int repeats() {
      return 1;
    }

    @Override
    public boolean areMixed() {
      return false;
    }

    @Override
    public int annotatedValues() {
      return haveObjects() ? 0 : (int) (shape.get(1) * shape.get(2));
    }

    @Override
    public boolean haveObjects() {
      return scenes.form().kind() == SceneKind.DETECTION;
    }

    @Override
    public int write(Look look, float[] into, int offset, Annotations annotations, int place) {
      int row = look.sample();
      if (haveObjects()) {
        annotations.objects()[place] =
            augmentation.apply(
                scenes.picture(row), scenes.objects(row).withoutCrowds(), look, into, offset);
      } else {
        augmentation.apply(
            scenes.picture(row),
            scenes.mask(row),
            Objects.requireNonNull(scenes.form().ignoredLabel()),
            look,
            into,
            offset,
            annotations.values(),
            place * annotatedValues());
      }
      return SceneTable.LEARNT;
    }

    @Override
    public Mix mix(RandomStream random, float[] inputs, int size) {
      return new Mix.Unmixed();
    }
  }
}
