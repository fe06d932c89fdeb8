package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.annotation.RunLengths;
import io.deepincubation.core.data.annotation.SceneObject;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.data.annotation.SceneOverlay;
import io.deepincubation.core.data.annotation.SceneSheet;
import io.deepincubation.core.data.batch.DenseTargets;
import io.deepincubation.core.data.batch.EvaluatedScene;
import io.deepincubation.core.data.batch.EvaluationBatch;
import io.deepincubation.core.data.batch.Targets;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.detection.DetectedObject;
import io.deepincubation.core.detection.LearningRules;
import io.deepincubation.core.detection.ObjectRules;
import io.deepincubation.core.evaluation.AveragePrecision;
import io.deepincubation.core.evaluation.ImageMatches;
import io.deepincubation.core.network.DetectionNetwork;
import io.deepincubation.core.network.LossProgram;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.run.ClassMeasures;
import io.deepincubation.core.run.ClassMeasures.PrecisionCurve;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.statistics.Jackknife;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * To find objects, with their boxes and masks: the losses of Mask R-CNN in training, COCO's average
 * precision at the images' own size in evaluation.
 *
 * @param network what is trained
 * @param rules how its outputs become objects
 * @param learning what it is asked in training
 * @param whole whether training sees whole images, of sizes of their own
 */
public record Detection(
    DetectionNetwork network, ObjectRules rules, LearningRules learning, boolean whole)
    implements Task {

  /** Names of the measures that weights may be chosen by. */
  public static final Set<String> MEASURES =
      Set.of(
          Metrics.AP,
          Metrics.AP_50,
          Metrics.AP_75,
          Metrics.AP + Metrics.OF_MASKS,
          Metrics.AP_50 + Metrics.OF_MASKS,
          Metrics.AP_75 + Metrics.OF_MASKS);

  /** The score from which on objects are drawn. */
  private static final double SHOWN = 0.5;

  /** What is told of boxes, and of masks. */
  private static final List<String> TOLD =
      List.of(
          Metrics.AP,
          Metrics.AP_50,
          Metrics.AP_75,
          Metrics.AP_SMALL,
          Metrics.AP_MEDIUM,
          Metrics.AP_LARGE);

  @Override
  public String name() {
    return "detection";
  }

  /** None: the right answers are the objects. */
  @Override
  public Shape targetShape() {
    return new Shape(0);
  }

  @Override
  public Targets targets() {
    return new DenseTargets(0);
  }

  /** {@inheritDoc} It does not: {@link #objective} computes the losses. */
  @Override
  public LossProgram loss() {
    throw new UnsupportedOperationException(
        "Cannot tell the loss of objects by outputs alone: expected the objective of detection");
  }

  @Override
  public Objective objective(
      ModularNetwork trained,
      Set<Integer> trainedModules,
      ToDoubleFunction<ParameterSpec> rates,
      StochasticDepth stochasticDepth,
      boolean recompute) {
    return new DetectionObjective(trained, this, trainedModules, rates, stochasticDepth);
  }

  /** What is found on an image, as it is seen: {@link FoundObjects} as one array. */
  @Override
  public NDArray outputs(ModularNetwork trained, NDArray images, EvaluationBatch batch) {
    return new ObjectDetector(trained, rules).on(images).packed(images.getManager());
  }

  @Override
  public Tally tally() {
    return new Counts(network.classes());
  }

  @Override
  public Set<String> measures() {
    return MEASURES;
  }

  /** What the detections on each image are worth. */
  private static final class Counts implements Tally {

    private final int classes;
    private final Map<Integer, ImageMatches> boxes = new ConcurrentSkipListMap<>();
    private final Map<Integer, ImageMatches> masks = new ConcurrentSkipListMap<>();
    private final AtomicLongArray images;
    private final Map<Integer, Seen> first = new ConcurrentSkipListMap<>();

    /** An image, the objects on it, and those that are found. */
    private record Seen(Picture picture, SceneObjects truth, List<DetectedObject> found) {

      SceneSheet.Pair pair() {
        Pixels image = picture.pixels();
        List<SceneObject> sure =
            found.stream().filter(object -> object.score() >= SHOWN).map(Seen::drawn).toList();
        return new SceneSheet.Pair(
            SceneOverlay.of(image, truth),
            SceneOverlay.of(image, new SceneObjects(truth.height(), truth.width(), sure)));
      }

      private static SceneObject drawn(DetectedObject object) {
        RunLengths mask = object.mask();
        return mask == null
            ? SceneObject.of(object.classIndex(), object.box())
            : SceneObject.of(object.classIndex(), object.box(), mask);
      }
    }

    private Counts(int classes) {
      this.classes = classes;
      images = new AtomicLongArray(classes);
    }

    @Override
    public void add(NDArray outputs, EvaluationBatch batch) {
      EvaluatedScene scene = Objects.requireNonNull(batch.scene(), "an image of a dense task");
      SceneObjects truth = Objects.requireNonNull(scene.objects(), "the objects on it");
      List<DetectedObject> found =
          FoundObjects.of(outputs).at(scene.height(), scene.width(), truth.height(), truth.width());
      int image = batch.first();
      boxes.put(image, ImageMatches.byBoxes(image, truth.objects(), found));
      if (truth.objects().stream().allMatch(object -> object.mask() != null)) {
        masks.put(image, ImageMatches.byMasks(image, truth.objects(), found));
      }
      if (image < SceneSheet.IMAGES) {
        first.put(image, new Seen(scene.picture(), truth, found));
      }
      truth.withoutCrowds().objects().stream()
          .mapToInt(SceneObject::classIndex)
          .distinct()
          .forEach(images::incrementAndGet);
    }

    @Override
    public Supplier<Optional<byte[]>> scenes() {
      List<Seen> shown = List.copyOf(first.values());
      return () -> Optional.of(SceneSheet.jpeg(shown.stream().map(Seen::pair).toList()));
    }

    private AveragePrecision ofBoxes() {
      return AveragePrecision.of(classes, boxes.values());
    }

    /** Of masks; null where some object has none. */
    private @Nullable AveragePrecision ofMasks() {
      return masks.size() == boxes.size() ? AveragePrecision.of(classes, masks.values()) : null;
    }

    @Override
    public Supplier<List<Double>> shares() {
      List<ImageMatches> matched = List.copyOf(boxes.values());
      return () ->
          Jackknife.shares(matched, some -> orZero(AveragePrecision.of(classes, some).average()));
    }

    @Override
    public Metrics metrics() {
      var values = new LinkedHashMap<String, Double>();
      put(values, ofBoxes(), "");
      AveragePrecision ofMasks = ofMasks();
      if (ofMasks != null) {
        put(values, ofMasks, Metrics.OF_MASKS);
      }
      return new Metrics(Metrics.AP, values);
    }

    /** Those of sizes that no object has are left out; without any object the others are 0. */
    private static void put(Map<String, Double> values, AveragePrecision found, String suffix) {
      Map<String, Double> measures = found.measures();
      for (String name : TOLD) {
        Double value = MEASURES.contains(name) ? Double.valueOf(0) : null;
        value = measures.getOrDefault(name, value);
        if (value != null) {
          values.put(name + suffix, value);
        }
      }
    }

    @Override
    public ClassMeasures classes() {
      AveragePrecision ofBoxes = ofBoxes();
      AveragePrecision ofMasks = ofMasks();
      List<BestPoint> best = each(k -> BestPoint.of(ofBoxes.curve(k, /* threshold= */ 0)));
      return new ClassMeasures(
          each(images::get),
          each(k -> best.get(k).precision()),
          each(k -> best.get(k).recall()),
          each(k -> best.get(k).f1()),
          each(k -> orZero(ofBoxes.ofClass(k))),
          null,
          ofMasks == null ? null : each(k -> orZero(ofMasks.ofClass(k))),
          curves(ofBoxes));
    }

    private static List<PrecisionCurve> curves(AveragePrecision found) {
      int all = AveragePrecision.OVERLAPS;
      return List.of(
          curve("overlap 0.5", found.meanCurve(0, 1)),
          curve("overlap 0.75", found.meanCurve(all / 2, all / 2 + 1)),
          curve("mean of ten overlaps", found.meanCurve(0, all)));
    }

    private static PrecisionCurve curve(String title, double[] precision) {
      return new PrecisionCurve(title, Arrays.stream(precision).boxed().toList());
    }

    private <T> List<T> each(IntFunction<T> measure) {
      return IntStream.range(0, classes).mapToObj(measure).toList();
    }

    private static double orZero(OptionalDouble value) {
      return value.orElse(0);
    }
  }

  /** Where F1 is highest on a curve of precision over recall. */
  private record BestPoint(double precision, double recall, double f1) {

    /**
     * Finds it.
     *
     * @param precision at recalls in equal steps from 0 to 1; none of a class without objects
     */
    static BestPoint of(double[] precision) {
      var best = new BestPoint(0, 0, 0);
      for (int i = 1; i < precision.length; i++) {
        double recall = (double) i / (precision.length - 1);
        double f1 = 2 * precision[i] * recall / (precision[i] + recall);
        if (f1 > best.f1) {
          best = new BestPoint(precision[i], recall, f1);
        }
      }
      return best;
    }
  }
}
