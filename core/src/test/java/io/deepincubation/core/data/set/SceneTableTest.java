package io.deepincubation.core.data.set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.batch.Batch;
import io.deepincubation.core.data.batch.BatchSlice;
import io.deepincubation.core.data.batch.DenseTargets;
import io.deepincubation.core.data.batch.EvaluatedScene;
import io.deepincubation.core.data.batch.EvaluationBatch;
import io.deepincubation.core.data.batch.EvaluationBatches;
import io.deepincubation.core.data.batch.SceneSamples;
import io.deepincubation.core.data.batch.TrainingBatches;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.AugmentationRecipe;
import io.deepincubation.core.recipe.SceneRecipe;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.testing.TestImages;
import io.deepincubation.core.testing.TestScenes;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SceneTableTest {

  private static final int IMAGES = 40;
  private static final int SIDE = 16;
  private static final long PLENTY = 1 << 20;
  private static final SceneRecipe RECIPE =
      new SceneRecipe(32, 20, 0.6, 1.5, List.of(), 0, SIDE, 0.75, true, true);

  private final Path data;
  private final Path cache;
  private final ExecutorService readers = Executors.newFixedThreadPool(4);

  SceneTableTest(@TempDir Path data, @TempDir Path cache) {
    this.data = data;
    this.cache = cache;
  }

  /** Reading ahead goes on after a table's last use, in folders that are deleted then. */
  @AfterEach
  void endReading() throws InterruptedException {
    readers.shutdown();
    assertThat(readers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
  }

  private PreparedSet set(SceneKind kind) {
    var storage = new LocalStorage(data);
    return kind == SceneKind.SEGMENTATION
        ? TestScenes.segmentation(storage, IMAGES, 6)
        : TestScenes.detection(storage, IMAGES, 6);
  }

  private SceneTable open(PreparedSet set, SceneKind kind, long cacheBytes) {
    return new LocalImageCache(cache, cacheBytes).openScenes(set, "train", kind, readers);
  }

  @Test
  void keepsImagesOfTheirOwnSizesWithTheirMasks() {
    PreparedSet set = set(SceneKind.SEGMENTATION);
    SceneTable table = open(set, SceneKind.SEGMENTATION, PLENTY);

    assertThat(table.size()).isEqualTo(IMAGES);
    SplitSize size = SplitSize.of(set.index(), "train");
    assertThat(size.decodedBytes()).isEqualTo(size.fileBytes());
    assertThat(set.index().scenes()).isEqualTo(SceneForm.masks(255, IMAGES));
    assertThat(set.index().sizes()).isEqualTo(new ImageSizes(24, 28, 20, 26));
    assertThat(set.index().classCounts().get("train")).containsExactly(14, 13, 13);
    for (int i = 0; i < IMAGES; i++) {
      LabelMap raw = TestScenes.mask(i);
      assertThat(table.picture(i).pixels().values()).isEqualTo(TestScenes.image(i).values());
      assertThat(table.mask(i).values())
          .isEqualTo(raw.mapped(value -> value == 0 ? 255 : value - 1).values());
      assertThat(table.label(i)).isEqualTo(SceneTable.LEARNT);
    }
  }

  @Test
  void keepsImagesWithTheirObjects() {
    PreparedSet set = set(SceneKind.DETECTION);
    SceneTable table = open(set, SceneKind.DETECTION, PLENTY);

    assertThat(set.index().scenes()).isEqualTo(SceneForm.objects(1, 30));
    for (int i = 0; i < IMAGES; i++) {
      assertThat(table.objects(i)).isEqualTo(TestScenes.objects(i));
      assertThat(table.label(i)).isEqualTo(i % 4 == 3 ? SceneTable.EMPTY : SceneTable.LEARNT);
    }
    assertThatThrownBy(() -> table.mask(0))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected a set for segmentation, got another");
  }

  @Test
  void leavesImagesOutThatThereIsNothingToLearnFrom() {
    SceneTable table = open(set(SceneKind.DETECTION), SceneKind.DETECTION, PLENTY);

    SampleTable learnt = table.learnt();

    assertThat(learnt.size()).isEqualTo(30);
    assertThat(set(SceneKind.DETECTION).index().trained()).isEqualTo(30);
    assertThat(Arrays.stream(learnt.shuffled(RandomStream.of(1))).sorted().toArray())
        .isEqualTo(IntStream.range(0, IMAGES).filter(i -> i % 4 != 3).toArray());
  }

  @ParameterizedTest
  @EnumSource
  void givesTheSameBatchesWithAndWithoutCacheByTwoThreadsAndInSlices(SceneKind kind) {
    PreparedSet set = set(kind);
    TrainingBatches cached = batches(open(set, kind, PLENTY), 1);
    TrainingBatches uncached = batches(open(set, kind, 10), 2);
    for (int i = 0; i < cached.batchesPerEpoch(); i++) {
      Batch expected = cached.batch(1, i);
      Batch batch = uncached.batch(1, i);
      assertThat(batch.inputs()).isEqualTo(expected.inputs());
      assertThat(batch.targets()).isEqualTo(expected.targets());
      assertThat(batch.objects()).isEqualTo(expected.objects());
    }
    Batch second = cached.sliced(new BatchSlice(1, 2)).batch(1, 0);
    int place = new BatchSlice(1, 2).place(4, 1);
    Batch whole = cached.batch(1, 0);
    assertThat(part(second.inputs(), 2, 1)).isEqualTo(part(whole.inputs(), 4, place));
    assertThat(part(second.targets(), 2, 1)).isEqualTo(part(whole.targets(), 4, place));
  }

  private static float[] part(float[] values, int parts, int part) {
    int each = values.length / parts;
    return Arrays.copyOfRange(values, part * each, (part + 1) * each);
  }

  private static TrainingBatches batches(SceneTable table, int threads) {
    var key = new BatchKey(3, "transfer", -1);
    int values = table.form().kind() == SceneKind.SEGMENTATION ? SIDE * SIDE : 0;
    return new TrainingBatches(
        new SceneSamples(table, RECIPE).trained(AugmentationRecipe.NONE, key),
        new DenseTargets(values),
        4,
        key,
        threads);
  }

  @Test
  void trainsOnClassesOfPixels() {
    TrainingBatches batches =
        batches(open(set(SceneKind.SEGMENTATION), SceneKind.SEGMENTATION, PLENTY), 1);

    Batch batch = batches.batch(0, 0);

    assertThat(batches.inputShape().getShape()).containsExactly(4, 3, SIDE, SIDE);
    assertThat(batch.targets()).hasSize(4 * SIDE * SIDE);
    assertThat(batch.objects()).isEmpty();
    for (float target : batch.targets()) {
      assertThat(target).isIn(0f, 1f, 2f, 255f);
    }
  }

  @Test
  void trainsOnObjectsWithoutCrowds() {
    TrainingBatches batches =
        batches(open(set(SceneKind.DETECTION), SceneKind.DETECTION, PLENTY), 1);

    Batch batch = batches.batch(0, 1);

    assertThat(batches.batchesPerEpoch()).isEqualTo(30 / 4);
    assertThat(batch.targets()).isEmpty();
    assertThat(batch.objects()).hasSize(4);
    for (SceneObjects objects : batch.objects()) {
      assertThat(objects.height()).isLessThanOrEqualTo(SIDE);
      assertThat(objects.objects()).allMatch(object -> !object.crowd());
    }
  }

  @Test
  void evaluatesEachImageAtItsOwnSize() {
    SceneTable table = open(set(SceneKind.SEGMENTATION), SceneKind.SEGMENTATION, PLENTY);
    var batches =
        new EvaluationBatches(
            new SceneSamples(table, RECIPE).evaluated(AugmentationRecipe.NONE), 8);

    assertThat(batches.count()).isEqualTo(IMAGES);
    for (int i = 0; i < 6; i++) {
      EvaluationBatch batch = batches.batch(i, new float[batches.valuesPerBatch()]);
      EvaluatedScene scene = Objects.requireNonNull(batch.scene());
      assertThat(Math.min(scene.height(), scene.width())).isEqualTo(20);
      assertThat(Objects.requireNonNull(scene.mask()).values()).isEqualTo(table.mask(i).values());
      assertThat(batch.size()).isEqualTo(1);
    }
  }

  @Test
  void refusesSetsOfAnotherKind() {
    PreparedSet scenes = set(SceneKind.SEGMENTATION);
    String where = new LocalStorage(data).uri();

    assertThatThrownBy(() -> open(scenes, SceneKind.DETECTION, PLENTY))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot read annotated images from "
                + where
                + ": expected a set for detection, got one for segmentation; run `prepare` with"
                + " --task detection");
    assertThatThrownBy(() -> scenes.index().requireImages("here"))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageStartingWith(
            "Cannot read labelled images from here: expected a set for classification, got one for"
                + " segmentation");
    PreparedSet labelled = TestImages.prepare(new LocalStorage(data.resolve("labelled")));
    assertThatThrownBy(() -> open(labelled, SceneKind.DETECTION, PLENTY))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected a set for detection, got one for classification");
  }

  @ParameterizedTest
  @EnumSource
  void showsWhatIsAnnotated(SceneKind kind) {
    assertThat(FirstImages.of(set(kind)).rows()).hasSize(4); // 12 a row
  }
}
