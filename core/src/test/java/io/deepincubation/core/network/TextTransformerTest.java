package io.deepincubation.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.TorchEngine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TextTransformerTest {

  private static final int VOCABULARY = 20;
  private static final int LENGTH = 6;
  private static final TextTransformer MODEL = new TextTransformer(VOCABULARY, LENGTH, 16, 2, 3);
  private static final ModularDivision DIVISION = ModularDivision.even(4, 2);

  /** Four tokens. */
  private static final float[] TEXT = {2, 7, 19, 7};

  @BeforeEach
  void useOneThread() {
    TorchEngine.useThreads(1);
  }

  private static Compute compute(Arithmetic arithmetic) {
    return new Compute(Device.cpu(), arithmetic, /* threads= */ 1);
  }

  /** Weights large enough that all of them matter. */
  private static List<Weights> weights(TextTransformer model) {
    var modules = new ArrayList<Weights>();
    for (Weights fresh : model.initialWeights(DIVISION, 5, "test")) {
      var tensors = new LinkedHashMap<String, Weights.Tensor>();
      fresh
          .tensors()
          .forEach(
              (name, tensor) -> {
                var random = RandomStream.of(RandomStream.part(name));
                float[] values = tensor.values().clone();
                for (int i = 0; i < values.length; i++) {
                  values[i] += (float) (random.nextDouble() - 0.5);
                }
                tensors.put(name, new Weights.Tensor(tensor.shape(), values));
              });
      modules.add(new Weights(tensors));
    }
    return modules;
  }

  private static float[] filled(float[] text, int length) {
    var values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = i < text.length ? text[i] : -1;
    }
    return values;
  }

  private static float[] logits(
      TextTransformer model, List<Weights> weights, Arithmetic arithmetic, float[]... texts) {
    try (var network = new ModularNetwork(model, DIVISION, weights, compute(arithmetic));
        NDManager manager = network.manager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      var values = new float[texts.length * model.length()];
      for (int i = 0; i < texts.length; i++) {
        System.arraycopy(texts[i], 0, values, i * model.length(), model.length());
      }
      NDArray batch = manager.create(values, new Shape(texts.length, model.length()));
      return network.evaluate(batch).toFloatArray();
    }
  }

  @Test
  void placesWithoutATokenDoNotCount() {
    List<Weights> weights = weights(MODEL);
    float[] wanted = logits(MODEL, weights, Arithmetic.FP32, filled(TEXT, LENGTH));

    var longer = new TextTransformer(VOCABULARY, 2 * LENGTH, 16, 2, 3);
    float[] found =
        logits(longer, withPlaces(weights, longer), Arithmetic.FP32, filled(TEXT, 2 * LENGTH));

    assertThat(found).containsExactly(wanted, Offset.offset(1e-5f));
  }

  /** The same with more places, whose embeddings are of other values. */
  private static List<Weights> withPlaces(List<Weights> weights, TextTransformer longer) {
    Weights first = weights.get(0);
    var tensors = new LinkedHashMap<>(first.tensors());
    Weights.Tensor more = weights(longer).get(0).tensor("embeddings.places.weight");
    float[] known = first.tensor("embeddings.places.weight").values();
    float[] values = more.values().clone();
    System.arraycopy(known, 0, values, 0, known.length);
    tensors.put("embeddings.places.weight", new Weights.Tensor(more.shape(), values));
    return List.of(new Weights(tensors), weights.get(1));
  }

  @Test
  void aTextsLogitsDoNotDependOnOthersInItsBatch() {
    List<Weights> weights = weights(MODEL);
    float[] other = {2, 1, 3, 5, 8, 13};
    float[] alone = logits(MODEL, weights, Arithmetic.FP32, filled(TEXT, LENGTH));
    float[] together = logits(MODEL, weights, Arithmetic.FP32, other, filled(TEXT, LENGTH));
    assertThat(new float[] {together[3], together[4], together[5]})
        .containsExactly(alone, Offset.offset(1e-5f));
  }

  @Test
  void tokensPlacesAndOrderCount() {
    List<Weights> weights = weights(MODEL);
    float[] wanted = logits(MODEL, weights, Arithmetic.FP32, filled(TEXT, LENGTH));
    for (float[] other : new float[][] {{2, 7, 18, 7}, {2, 19, 7, 7}, {2, 7, 19}, {3, 7, 19, 7}}) {
      assertThat(logits(MODEL, weights, Arithmetic.FP32, filled(other, LENGTH))[0])
          .isNotCloseTo(wanted[0], Offset.offset(1e-3f));
    }
  }

  @Test
  void bfloat16IsNear() {
    List<Weights> weights = weights(MODEL);
    float[] wanted = logits(MODEL, weights, Arithmetic.FP32, filled(TEXT, LENGTH));
    float[] found = logits(MODEL, weights, Arithmetic.BF16, filled(TEXT, LENGTH));
    assertThat(found).containsExactly(wanted, Offset.offset(0.3f));
    assertThat(found).isNotEqualTo(wanted);
  }

  @Test
  void isWhatARecipeAsksForByItsOptions() {
    NetworkFamily family = NetworkFamilies.find("bert").orElseThrow();
    var options = Map.of("vocabulary", "20", "length", "6");
    assertThat(family.architecture(new NetworkSize(1, 1, 16, 2, 3, options))).isEqualTo(MODEL);
    assertThat(family.architecture(new NetworkSize(1, 1, 16, 2, 3, Map.of())))
        .isEqualTo(new TextTransformer(8000, 48, 16, 2, 3));
    assertThatThrownBy(
            () -> family.architecture(new NetworkSize(1, 1, 16, 2, 3, Map.of("length", "1"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected a model.options.length of at least 2, got 1");
  }

  @Test
  void operationsAreThoseOfItsProducts() {
    double n = LENGTH;
    double d = 16;
    double products = n * d * (3 * d) + n * d * d + 2 * (n * d * (4 * d)) + 2 * (n * n * d);
    assertThat(MODEL.forwardFlops(DIVISION, 0)).isEqualTo(2 * 2 * products);
    assertThat(MODEL.forwardFlops(DIVISION, 1)).isEqualTo(2 * (2 * products + d * 3));
  }
}
