package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.annotation.Box;
import io.deepincubation.core.data.annotation.RunLengths;
import io.deepincubation.core.data.annotation.SceneObject;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.batch.Batch;
import io.deepincubation.core.data.batch.EvaluatedScene;
import io.deepincubation.core.data.batch.EvaluationBatch;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.detection.DetectedObject;
import io.deepincubation.core.detection.Detections;
import io.deepincubation.core.detection.LearningRules;
import io.deepincubation.core.detection.ObjectRules;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.DenseBackbone;
import io.deepincubation.core.network.DetectionHead;
import io.deepincubation.core.network.DetectionHeads;
import io.deepincubation.core.network.DetectionNetwork;
import io.deepincubation.core.network.DetectionTargets;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.network.VisionTransformer;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.DetectionRecipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.core.run.ClassMeasures;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.TorchEngine;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What objects cost in training, and how they are measured. */
class DetectionTest {

  private static final Compute COMPUTE = new Compute(Device.cpu(), Arithmetic.FP32, 1);
  private static final ModularDivision DIVISION = new ModularDivision(List.of(2, 2));
  private static final int CLASSES = 2;
  private static final int SIDE = 64;
  private static final int PIXELS = DetectionHead.MASK_SIDE * DetectionHead.MASK_SIDE;
  private static final DetectionRecipe RECIPE =
      RecipeYaml.override(
              Recipes.defaults(),
              List.of(
                  "detection.channels=8",
                  "detection.levels=4",
                  "detection.box-width=8",
                  "detection.mask-convolutions=1",
                  "detection.anchors=16",
                  "detection.training-proposals-per-level=20",
                  "detection.proposals=20",
                  "detection.regions=8",
                  "detection.foreground=4"))
          .detection();

  private final NDManager manager = TorchEngine.newManager(Device.cpu());

  @BeforeEach
  void useOneThread() {
    TorchEngine.useThreads(1);
  }

  @AfterEach
  void free() {
    manager.close();
  }

  private static Detection task(boolean whole) {
    var vit = new VisionTransformer(32, 8, 16, 2, 10, 1e-6);
    var network =
        new DetectionNetwork(DenseBackbone.of(vit, 4), CLASSES, RECIPE.onBackbone(), SIDE);
    return new Detection(network, ObjectRules.of(RECIPE), LearningRules.of(RECIPE), whole);
  }

  private static ModularNetwork network(Detection task) {
    return new ModularNetwork(
        task.network(), DIVISION, task.network().initialWeights(DIVISION, 3, "test"), COMPUTE);
  }

  private static DetectionObjective objective(ModularNetwork network, Detection task) {
    return new DetectionObjective(network, task, Set.of(0, 1), any -> 1, new StochasticDepth(0.5));
  }

  private static SceneObject square(int classIndex, int left) {
    var bits = new boolean[SIDE * SIDE];
    for (int row = 8; row < 40; row++) {
      Arrays.fill(bits, row * SIDE + left, row * SIDE + left + 24, true);
    }
    RunLengths mask = RunLengths.of(bits, SIDE, SIDE);
    return SceneObject.of(classIndex, mask.box(), mask);
  }

  private static SceneObjects scene(SceneObject... objects) {
    return new SceneObjects(SIDE, SIDE, List.of(objects));
  }

  private static Batch batch(SceneObjects... scenes) {
    var random = RandomStream.of(5);
    var pixels = new float[scenes.length * 3 * SIDE * SIDE];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    return new Batch(pixels, new float[0], List.of(scenes), scenes.length);
  }

  @Test
  void anImagesDrawsAreItsOwnWhateverItIsComputedWith() {
    Detection task = task(false);
    List<SceneObjects> scenes =
        List.of(scene(square(0, 4)), scene(square(1, 30), square(0, 2)), scene(square(1, 10)));
    var key = new StepKey(new BatchKey(4, "test", -1), 1, 2, 3);
    try (ModularNetwork network = network(task);
        GradientMode mode = GradientMode.frozen()) {
      DetectionObjective objective = objective(network, task);
      NDArray images =
          manager.create(batch(scenes.toArray(SceneObjects[]::new)).inputs(), shape(3));
      NDArray values = network.evaluate(images);
      DetectionTargets all = objective.targets(outputs(values), scenes, key);
      int regions = 0;
      for (int i = 0; i < 3; i++) {
        DetectionTargets one =
            objective.targets(
                outputs(values.get(i + ":" + (i + 1))), scenes.subList(i, i + 1), key.from(i));
        int anchors = one.labels().length;
        int count = one.classes().length;
        assertThat(Arrays.copyOfRange(all.labels(), i * anchors, (i + 1) * anchors))
            .isEqualTo(one.labels());
        assertThat(Arrays.copyOfRange(all.classes(), regions, regions + count))
            .isEqualTo(one.classes());
        assertThat(Arrays.copyOfRange(all.regions().boxes(), 4 * regions, 4 * (regions + count)))
            .isEqualTo(one.regions().boxes());
        assertThat(Arrays.copyOfRange(all.regions().images(), regions, regions + count))
            .containsOnly(i);
        regions += count;
      }
      assertThat(all.classes()).hasSize(regions);
      assertThat(all.masks()).hasSize(all.masked().length * PIXELS);
      assertThat(objective.targets(outputs(values), scenes, key).labels()).isEqualTo(all.labels());
      assertThat(
              objective
                  .targets(outputs(values), scenes, new StepKey(key.stage(), 1, 3, 3))
                  .labels())
          .isNotEqualTo(all.labels());
    }
  }

  private static Shape shape(int images) {
    return new Shape(images, 3, SIDE, SIDE);
  }

  private static DetectionHeads.Outputs outputs(NDArray values) {
    return new DetectionHeads.Outputs(values, SIDE, SIDE);
  }

  @Test
  void wholeImagesAreComputedOneByOneWithoutWhatTheyArePaddedWith() {
    Detection task = task(true);
    SceneObjects small =
        new SceneObjects(30, 40, List.of(SceneObject.of(1, new Box(3, 4, 28, 22))));
    SceneObjects large = scene(square(0, 4));
    try (ModularNetwork network = network(task)) {
      DetectionObjective objective = objective(network, task);
      Passes.Pass both = Passes.gather(network, objective, batch(small, large));
      Batch changed = batch(small, large);
      Arrays.fill(changed.inputs(), SIDE * 32, SIDE * SIDE, 9); // below what the first one has

      assertThat(both.loss()).isPositive();
      assertThat(Passes.gather(network, objective, changed).distance(both)).isZero();
      Batch seen = batch(small, large);
      seen.inputs()[SIDE * 29] += 9;
      assertThat(Passes.gather(network, objective, seen).loss()).isNotEqualTo(both.loss());
    }
  }

  @Test
  void learnsOfImagesThatShowNothing() {
    Detection task = task(false);
    try (ModularNetwork network = network(task)) {
      Passes.Pass pass = Passes.gather(network, objective(network, task), batch(scene(), scene()));

      assertThat(pass.loss()).isPositive().isFinite();
      assertThat(pass.gradient("roi.mask.classify.weight")).containsOnly(0);
      assertThat(pass.gradient("rpn.objectness.weight")).isNotEqualTo(new float[8 * 3]);
    }
  }

  @Test
  void findsObjectsOnImagesOfAnySize() {
    Detection task = task(false);
    try (ModularNetwork network = network(task);
        GradientMode mode = GradientMode.frozen()) {
      NDArray image = manager.ones(new Shape(1, 3, 45, 50));
      FoundObjects found = new ObjectDetector(network, task.rules()).on(image);
      List<DetectedObject> objects = found.at(45, 50, 90, 100);

      assertThat(objects).isNotEmpty();
      for (DetectedObject object : objects) {
        assertThat(object.box().x1()).isBetween(0.0, 100.0);
        assertThat(object.box().y1()).isBetween(0.0, 90.0);
        assertThat(Objects.requireNonNull(object.mask()).height()).isEqualTo(90);
      }
      FoundObjects again = FoundObjects.of(found.packed(manager));
      assertThat(again.at(45, 50, 90, 100)).isEqualTo(objects);
    }
  }

  /** Squares with full masks, found on an image of half the size. */
  private static FoundObjects found(SceneObject... objects) {
    var boxes = new float[4 * objects.length];
    var scores = new float[objects.length];
    var classes = new int[objects.length];
    for (int i = 0; i < objects.length; i++) {
      Box box = objects[i].box();
      boxes[4 * i] = (float) box.x0() / 2;
      boxes[4 * i + 1] = (float) box.y0() / 2;
      boxes[4 * i + 2] = (float) box.x1() / 2;
      boxes[4 * i + 3] = (float) box.y1() / 2;
      scores[i] = 0.9f - 0.1f * i;
      classes[i] = objects[i].classIndex();
    }
    var masks = new float[objects.length * PIXELS];
    Arrays.fill(masks, 1);
    return new FoundObjects(new Detections(boxes, scores, classes), masks);
  }

  private static final Picture PICTURE = Pixels.ofRgb(new int[SIDE * SIDE], SIDE, SIDE);

  private void add(Tally tally, int image, SceneObjects truth, FoundObjects found) {
    var scene = new EvaluatedScene(SIDE / 2, SIDE / 2, PICTURE, null, truth);
    var batch = new EvaluationBatch(new float[0], new int[1], image, 1, scene);
    tally.add(found.packed(manager), batch);
  }

  @Test
  void measuresAtTheImagesOwnSize() {
    Tally tally = task(false).tally();
    add(tally, 0, scene(square(0, 4)), found(square(0, 4)));
    add(tally, 1, scene(square(1, 30), square(0, 2)), found(square(1, 30)));

    Metrics metrics = tally.metrics();
    assertThat(metrics.primary()).isEqualTo(Metrics.AP);
    assertThat(metrics.value()).isCloseTo((51 / 101.0 + 1) / 2, within(1e-9));
    assertThat(metrics.value("ap75-mask")).isEqualTo(metrics.value());
    assertThat(metrics.values()).containsKeys("ap50", "ap-small").doesNotContainKey("ap-medium");
    ClassMeasures classes = Objects.requireNonNull(tally.classes());
    assertThat(classes.images()).containsExactly(2L, 1L);
    assertThat(classes.precision())
        .allSatisfy(share -> assertThat(share).isCloseTo(1, within(1e-9)));
    assertThat(classes.recall()).containsExactly(0.5, 1.0);
    assertThat(Objects.requireNonNull(classes.maskPrecision()).get(1)).isCloseTo(1, within(1e-9));
  }

  @Test
  void imagesWithoutObjectsCountAgainstWhatIsFoundOnThem() {
    Tally tally = task(false).tally();
    add(tally, 0, scene(), found(square(0, 4)));
    add(tally, 1, scene(square(0, 4)), found(square(0, 4)));
    add(tally, 2, scene(), found());

    assertThat(tally.metrics().value()).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void whatIsFoundInACrowdIsNeitherRightNorWrong() {
    SceneObject one = square(0, 4);
    Tally tally = task(false).tally();
    add(
        tally,
        0,
        scene(new SceneObject(0, one.box(), one.mask(), /* crowd= */ true, one.area())),
        found(one));
    assertThat(tally.metrics().value()).isZero();
    assertThat(Objects.requireNonNull(tally.classes()).images()).containsExactly(0L, 0L);

    add(tally, 1, scene(one), found(one));
    assertThat(tally.metrics().value()).isCloseTo(1, within(1e-9));
  }

  @Test
  void objectsWithoutMasksAreMeasuredByTheirBoxesAlone() {
    SceneObject boxed = SceneObject.of(0, square(0, 4).box());
    Tally tally = task(false).tally();
    add(tally, 0, scene(square(1, 4)), found(square(1, 4)));
    assertThat(tally.metrics().values()).containsKey("ap-mask");

    add(tally, 1, scene(boxed), found(boxed));
    assertThat(tally.metrics().value()).isCloseTo(1, within(1e-9));
    assertThat(tally.metrics().values()).doesNotContainKey("ap-mask");
    assertThat(Objects.requireNonNull(tally.classes()).maskPrecision()).isNull();
  }

  @Test
  void hasNoLossOfOutputsAlone() {
    assertThatThrownBy(() -> task(false).loss())
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("expected the objective of detection");
  }

  @Test
  void itsMeasuresHaveThePapersTitles() {
    assertThat(List.of("ap", "ap50", "ap-small", "ap-mask", "ap75-mask", "map").stream())
        .map(Metrics::title)
        .containsExactly("AP^b", "AP^b 50", "AP^b small", "AP^m", "AP^m 75", "mAP");
  }
}
