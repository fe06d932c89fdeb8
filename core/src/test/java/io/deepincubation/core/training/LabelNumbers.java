package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import io.deepincubation.core.data.augment.Mix;
import io.deepincubation.core.data.batch.Annotations;
import io.deepincubation.core.data.batch.EvaluationBatch;
import io.deepincubation.core.data.set.Classes;
import io.deepincubation.core.data.set.LabelSets;
import io.deepincubation.core.recipe.EmaRecipe;
import io.deepincubation.core.run.ClassMeasures;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.ScriptProgram;
import io.deepincubation.core.script.TorchEngine;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Losses, measures and averages beside those of PyTorch and timm, which {@code golden/labels.py}
 * writes.
 */
public final class LabelNumbers {

  private static final double LOSS = 1e-6;
  private static final double MEASURE = 1e-6;

  /** What the script writes. */
  private record Numbers(
      List<Loss> one,
      List<Loss> several,
      @SerializedName("one-measures") Measures oneMeasures,
      @SerializedName("several-measures") Measures severalMeasures,
      List<Average> averages) {}

  /** A loss of mixed and smoothed targets with weights, and its gradient by the logits. */
  private record Loss(
      int classes,
      double smoothing,
      double share,
      float[] logits,
      int @Nullable [] labels,
      @Nullable List<List<Integer>> sets,
      List<Double> weights,
      double loss,
      float[] gradient) {

    int images() {
      return logits.length / classes;
    }
  }

  private record Measures(
      int classes,
      float[] logits,
      int @Nullable [] labels,
      @Nullable List<List<Integer>> sets,
      @SerializedName("precision-of-classes") List<Double> precision,
      @SerializedName("recall-of-classes") List<Double> recall,
      @SerializedName("f1-of-classes") List<Double> f1,
      @SerializedName("average-precision-of-classes") @Nullable List<Double> averagePrecision,
      List<Double> balanced,
      Map<String, Double> measures) {

    int images() {
      return logits.length / classes;
    }

    int[] label() {
      return labels != null ? labels : IntStream.range(0, images()).toArray();
    }

    LabelSets labelSets() {
      return new LabelSets(classes, sets);
    }
  }

  private record Average(
      double decay,
      @SerializedName("warm-up") boolean warmUp,
      List<Double> weights,
      List<Double> average) {}

  private LabelNumbers() {}

  /** Holds all of this library's numbers to the script's. */
  public static void requireEqual(Reader reader) {
    Numbers numbers = new Gson().fromJson(reader, Numbers.class);
    for (Loss loss : numbers.one()) {
      var task = new Classification(loss.classes(), loss.smoothing(), loss.weights());
      requireEqual(task, loss, Objects.requireNonNull(loss.labels()));
    }
    for (Loss loss : numbers.several()) {
      var sets = new LabelSets(loss.classes(), loss.sets());
      var task = new MultiLabel(sets, loss.smoothing(), loss.weights());
      requireEqual(task, loss, IntStream.range(0, loss.images()).toArray());
    }
    Measures one = numbers.oneMeasures();
    requireEqual(new Classification(one.classes(), 0).tally(), one);
    Measures several = numbers.severalMeasures();
    List<Double> weights = Collections.nCopies(several.classes(), 1.0);
    requireEqual(new MultiLabel(several.labelSets(), 0, weights).tally(), several);
    requireBalanced(one);
    requireBalanced(several);
    numbers.averages().forEach(LabelNumbers::requireEqual);
  }

  private static void requireEqual(Task task, Loss expected, int[] labels) {
    float[] targets = task.targets().of(labels, new Mix.Mixup(expected.share()), Annotations.NONE);
    String source =
        task.loss().forward()
            + "\n"
            + task.loss().back()
            + """

            def back(self, logits: Tensor, targets: Tensor, total: Tensor) -> Tensor:
              return self.loss_back(logits, targets, total, 1.)
            """;
    try (NDManager manager = TorchEngine.newManager(Device.cpu());
        ScriptProgram program = ScriptProgram.load(manager, source);
        GradientMode mode = GradientMode.frozen()) {
      NDArray logits =
          manager.create(expected.logits(), new Shape(expected.images(), expected.classes()));
      NDArray given =
          manager.create(targets, new Shape(expected.images()).addAll(task.targetShape()));
      NDArray total = manager.zeros(new Shape());
      NDArray loss = program.call(manager, "loss", new NDList(logits, given)).head();
      NDArray gradient = program.call(manager, "back", new NDList(logits, given, total)).head();

      assertThat((double) loss.getFloat()).isCloseTo(expected.loss(), within(LOSS));
      assertThat((double) total.getFloat()).isCloseTo(expected.loss(), within(LOSS));
      Golden.assertClose("gradient", gradient.toFloatArray(), expected.gradient(), LOSS);
    }
  }

  /** Counted in two batches, the later one first. */
  private static void requireEqual(Tally tally, Measures expected) {
    int half = expected.images() / 2;
    try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
      add(tally, expected, half, expected.images(), manager);
      add(tally, expected, 0, half, manager);
    }
    ClassMeasures classes = Objects.requireNonNull(tally.classes());
    expected
        .measures()
        .forEach(
            (name, value) ->
                assertThat(tally.metrics().value(name)).as(name).isCloseTo(value, within(MEASURE)));
    assertThat(tally.metrics().values()).containsOnlyKeys(expected.measures().keySet());
    requireClose(classes.precision(), expected.precision());
    requireClose(classes.recall(), expected.recall());
    requireClose(classes.f1(), expected.f1());
    List<Double> averagePrecision = expected.averagePrecision();
    if (averagePrecision != null) {
      requireClose(Objects.requireNonNull(classes.averagePrecision()), averagePrecision);
    }
  }

  private static void add(Tally tally, Measures expected, int from, int to, NDManager manager) {
    int classes = expected.classes();
    float[] logits = Arrays.copyOfRange(expected.logits(), from * classes, to * classes);
    int[] labels = Arrays.copyOfRange(expected.label(), from, to);
    tally.add(
        manager.create(logits, new Shape(to - from, classes)),
        new EvaluationBatch(new float[0], labels, from, to - from));
  }

  private static void requireClose(List<Double> found, List<Double> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i)).isCloseTo(expected.get(i), within(MEASURE));
    }
  }

  private static void requireBalanced(Measures expected) {
    var ofLabels = new int[expected.labelSets().labels()];
    for (int label : expected.label()) {
      ofLabels[label]++;
    }
    var classes =
        new Classes(
            Collections.nCopies(expected.classes(), "class"),
            expected.labelSets(),
            expected.images(),
            expected.labelSets().ofClasses(IntStream.of(ofLabels).boxed().toList()));
    requireClose(classes.balancedWeights(), expected.balanced());
  }

  private static void requireEqual(Average expected) {
    var recipe = new EmaRecipe(expected.decay(), expected.warmUp());
    var found = new ArrayList<Double>();
    double average = 0;
    for (int step = 1; step <= expected.weights().size(); step++) {
      double decay = recipe.decay(step);
      average = decay * average + (1 - decay) * expected.weights().get(step - 1);
      found.add(average);
    }
    requireClose(found, expected.average());
  }
}
