package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.core.data.annotation.SceneOverlay;
import io.deepincubation.core.data.annotation.SceneSheet;
import io.deepincubation.core.data.augment.SceneScales;
import io.deepincubation.core.data.augment.SceneTransform;
import io.deepincubation.core.data.batch.DenseTargets;
import io.deepincubation.core.data.batch.EvaluatedScene;
import io.deepincubation.core.data.batch.EvaluationBatch;
import io.deepincubation.core.data.batch.Targets;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.evaluation.PixelCounts;
import io.deepincubation.core.network.LossProgram;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.PixelLogits;
import io.deepincubation.core.network.SegmentationNetwork;
import io.deepincubation.core.network.SlidingWindows;
import io.deepincubation.core.run.ClassMeasures;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.statistics.Jackknife;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * To tell the class of each pixel: cross-entropy of a {@link SegmentationNetwork}'s logits in
 * training, mean intersection over union at the images' own size in evaluation.
 *
 * @param network what is trained
 * @param ignored the label of pixels that count for nothing
 * @param windows that images are measured through
 * @param transform what images go through where they are measured at other sizes, too
 * @param scales how often each image is looked at
 */
public record Segmentation(
    SegmentationNetwork network,
    int ignored,
    SlidingWindows windows,
    SceneTransform transform,
    SceneScales scales)
    implements Task {

  /** Names of the measures; the first one is what stages are told by. */
  public static final Set<String> MEASURES =
      Set.of(Metrics.MEAN_IOU, Metrics.MEAN_ACCURACY, Metrics.PIXEL_ACCURACY);

  @Override
  public String name() {
    return "segmentation";
  }

  @Override
  public Shape targetShape() {
    return new Shape(network.crop(), network.crop());
  }

  @Override
  public Targets targets() {
    return new DenseTargets(network.crop() * network.crop());
  }

  @Override
  public LossProgram loss() {
    return network.loss(ignored);
  }

  /** The class of each pixel of an image at its own size, 1 x H x W. */
  @Override
  public NDArray outputs(ModularNetwork trained, NDArray images, EvaluationBatch batch) {
    var logits = new PixelLogits(trained, windows);
    if (scales.equals(SceneScales.ONE)) {
      LabelMap truth = truth(batch);
      return logits.classes(logits.of(images), truth.height(), truth.width());
    }
    return new PixelClasses(logits, transform)
        .of(scene(batch).picture(), scales, images.getManager());
  }

  private static EvaluatedScene scene(EvaluationBatch batch) {
    return Objects.requireNonNull(batch.scene(), "an image of a dense task");
  }

  private static LabelMap truth(EvaluationBatch batch) {
    return Objects.requireNonNull(scene(batch).mask(), "the classes of its pixels");
  }

  @Override
  public Segmentation atSeveralScales() {
    return new Segmentation(network, ignored, windows, transform, SceneScales.SEVERAL);
  }

  @Override
  public Tally tally() {
    return new Counts(network.classes(), ignored);
  }

  @Override
  public Set<String> measures() {
    return MEASURES;
  }

  /** The pixels of each image. */
  private static final class Counts implements Tally {

    private final int classes;
    private final int ignored;
    private final Map<Integer, PixelCounts> images = new ConcurrentSkipListMap<>();
    private final Map<Integer, Seen> first = new ConcurrentSkipListMap<>();

    /** An image, the classes of its pixels, and those that they are taken for. */
    private record Seen(Picture picture, LabelMap truth, LabelMap taken) {

      SceneSheet.Pair pair(int ignored) {
        Pixels image = picture.pixels();
        return new SceneSheet.Pair(
            SceneOverlay.of(image, truth, ignored),
            SceneOverlay.of(image, taken, /* ignored= */ -1));
      }
    }

    private Counts(int classes, int ignored) {
      this.classes = classes;
      this.ignored = ignored;
    }

    @Override
    public void add(NDArray predicted, EvaluationBatch batch) {
      LabelMap truth = truth(batch);
      int[] taken = Arrays.stream(predicted.toLongArray()).mapToInt(Math::toIntExact).toArray();
      int[] labels = IntStream.range(0, taken.length).map(i -> truth.values()[i]).toArray();
      images.put(batch.first(), PixelCounts.of(classes, labels, taken, ignored));
      if (batch.first() < SceneSheet.IMAGES) {
        var values = new char[taken.length];
        for (int i = 0; i < values.length; i++) {
          values[i] = (char) taken[i];
        }
        var map = new LabelMap(values, truth.height(), truth.width());
        first.put(batch.first(), new Seen(scene(batch).picture(), truth, map));
      }
    }

    @Override
    public Supplier<Optional<byte[]>> scenes() {
      List<Seen> shown = List.copyOf(first.values());
      return () ->
          Optional.of(SceneSheet.jpeg(shown.stream().map(seen -> seen.pair(ignored)).toList()));
    }

    private PixelCounts all() {
      return sum(images.values());
    }

    private PixelCounts sum(Collection<PixelCounts> some) {
      return some.stream().reduce(PixelCounts.none(classes), PixelCounts::plus);
    }

    @Override
    public Supplier<List<Double>> shares() {
      List<PixelCounts> counted = List.copyOf(images.values());
      return () ->
          Jackknife.shares(
              counted, some -> sum(some).measures().getOrDefault(Metrics.MEAN_IOU, 0.0));
    }

    @Override
    public Metrics metrics() {
      Map<String, Double> measured = all().measures();
      var values = new LinkedHashMap<String, Double>();
      for (String name : List.of(Metrics.MEAN_IOU, Metrics.MEAN_ACCURACY, Metrics.PIXEL_ACCURACY)) {
        values.put(name, measured.getOrDefault(name, 0.0)); // without any labelled pixel
      }
      return new Metrics(Metrics.MEAN_IOU, values);
    }

    @Override
    public ClassMeasures classes() {
      PixelCounts all = all();
      long[] right = all.right();
      long[] truth = all.truth();
      long[] predicted = all.predicted();
      return new ClassMeasures(
          each(this::imagesWith),
          each(i -> share(right[i], predicted[i])),
          each(i -> share(right[i], truth[i])),
          each(i -> share(2 * right[i], truth[i] + predicted[i])),
          null,
          each(i -> orZero(all.overlap(i))),
          null,
          null);
    }

    private long imagesWith(int label) {
      return images.values().stream().filter(image -> image.truth()[label] > 0).count();
    }

    private <T> List<T> each(IntFunction<T> measure) {
      return IntStream.range(0, classes).mapToObj(measure).toList();
    }

    private static double share(long part, long whole) {
      return whole == 0 ? 0 : (double) part / whole;
    }

    private static double orZero(OptionalDouble value) {
      return value.orElse(0);
    }
  }
}
